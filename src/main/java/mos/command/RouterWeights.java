package mos.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.model.ExpertMixture;
import mos.model.SuperTransformer;
import mos.space.ConfigurationDictionary;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * The file {@code router-weights.json} beside a found architecture: how the SuperTransformer's
 * routers mix the experts for it, for the largest, the smallest and some random SubTransformers.
 */
final class RouterWeights {
  static final String FILE_NAME = "router-weights.json";
  private static final int RANDOM = 5;

  private RouterWeights() {}

  /**
   * Writes the file; for a model of one expert, which has no routers, removes an earlier one.
   *
   * @param target the found architecture's file
   * @param found whether it is there
   * @param seed of the random architectures, which are those of {@code evaluate-supernet}
   */
  static void write(
      Path target, SuperTransformer model, SearchSpace space, boolean found, long seed) {
    Path file = target.resolveSibling(FILE_NAME);
    if (model.config().experts().count() == 1) {
      remove(file);
      return;
    }
    Map<String, SubTransformer> architectures = new LinkedHashMap<>();
    if (found) {
      architectures.put("found", SubTransformerFile.read(target));
    }
    architectures.put("largest", space.largest());
    architectures.put("smallest", space.smallest());
    for (SubTransformer random : EvaluateSupernetTask.random(space, RANDOM, seed)) {
      int number = architectures.size() - (found ? 2 : 1);
      architectures.put("random " + number, random);
    }
    ObjectNode all = Json.object();
    all.put("experts", model.config().experts().count());
    all.put("routing", model.config().experts().routing());
    ArrayNode list = all.putArray("architectures");
    architectures.forEach((name, one) -> put(list.addObject(), name, one, model));
    AtomicFile.writeString(file, Json.pretty(all));
  }

  private static void put(
      ObjectNode node, String name, SubTransformer architecture, SuperTransformer model) {
    node.put("name", name);
    node.set("architecture", ConfigurationDictionary.toJson(architecture));
    ArrayNode routers = node.putArray("routers");
    for (ExpertMixture mixture : model.expertMixtures(architecture)) {
      ObjectNode one = routers.addObject();
      one.put("side", mixture.encoder() ? "encoder" : "decoder");
      one.put("layer", mixture.layer() + 1);
      one.put("matrix", mixture.matrix());
      one.set("mean", Json.tree(mixture.mean()));
      one.set("spread", Json.tree(mixture.spread()));
    }
  }

  private static void remove(Path file) {
    AtomicFile.delete(file);
  }
}
