package mos.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import mos.base.AtomicFile;
import mos.model.SuperTransformer;
import mos.results.ResultJson;
import mos.results.RouterWeights;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * Asks the SuperTransformer's routers how they mix the experts: for a found architecture, for the
 * largest, the smallest and some random SubTransformers.
 */
final class RouterProbe {
  private static final int RANDOM = 5;

  private RouterProbe() {}

  /**
   * Writes the file; for a model of one expert, which has no routers, removes an earlier one.
   *
   * @param target the found architecture's file
   * @param found whether it is there
   * @param seed of the random architectures, which are those of {@code evaluate-supernet}
   */
  static void write(
      Path target, SuperTransformer model, SearchSpace space, boolean found, long seed) {
    Path file = target.resolveSibling(RouterWeights.FILE_NAME);
    if (model.config().experts().count() == 1) {
      AtomicFile.delete(file);
      return;
    }
    Map<String, SubTransformer> architectures = new LinkedHashMap<>();
    if (found) {
      architectures.put("found", SubTransformerFile.read(target));
    }
    architectures.put("largest", space.largest());
    architectures.put("smallest", space.smallest());
    for (SubTransformer random : RandomArchitectures.draw(space, RANDOM, seed)) {
      int number = architectures.size() - (found ? 2 : 1);
      architectures.put("random " + number, random);
    }
    ResultJson.write(
        file,
        new RouterWeights(
            model.config().experts().count(),
            model.config().experts().routing(),
            architectures.entrySet().stream()
                .map(one -> of(one.getKey(), one.getValue(), model))
                .toList()));
  }

  private static RouterWeights.OfArchitecture of(
      String name, SubTransformer architecture, SuperTransformer model) {
    return new RouterWeights.OfArchitecture(
        name,
        architecture,
        model.expertMixtures(architecture).stream()
            .map(
                one ->
                    new RouterWeights.OfMatrix(
                        one.encoder() ? "encoder" : "decoder",
                        one.layer() + 1,
                        one.matrix(),
                        one.mean(),
                        one.spread()))
            .toList());
  }
}
