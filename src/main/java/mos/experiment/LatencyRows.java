package mos.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mos.latency.LatencyConfig;
import mos.latency.LatencyPlan;
import mos.model.ModelConfig;
import mos.space.SearchSpace;

/** What a latency dataset is to hold. */
public sealed interface LatencyRows {
  /**
   * The plan.
   *
   * @throws mos.base.MosException where data folder or file are not as they must be
   */
  LatencyPlan plan();

  /**
   * Random SubTransformers.
   *
   * @param data whose dictionaries the model has
   * @param space that is drawn from
   * @param model sizes of the SuperTransformer, for any dictionaries
   * @param how one gold measurement
   * @param size rows, at least 1
   * @param seed of the architectures
   */
  record Drawn(
      DataSource data, SearchSpace space, ModelConfig model, LatencyConfig how, int size, long seed)
      implements LatencyRows {
    @Override
    public LatencyPlan plan() {
      DataFolder folder = DataFolder.open(data);
      Map<String, String> made = new TreeMap<>();
      made.put("source_dictionary", folder.sourceDictionary().hash());
      made.put("target_dictionary", folder.targetDictionary().hash());
      ModelConfig sized =
          model.withVocabularies(
              folder.sourceDictionary().size(), folder.targetDictionary().size());
      return new LatencyPlan(space, size, seed, how, sized, made, List.of());
    }
  }

  /**
   * Those that a file lists.
   *
   * @param file that {@link LatencyPlanning} wrote
   */
  record Listed(Path file) implements LatencyRows {
    @Override
    public LatencyPlan plan() {
      return LatencyPlan.read(file);
    }
  }
}
