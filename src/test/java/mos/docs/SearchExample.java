package mos.docs;

import java.nio.file.Path;
import java.util.List;
import mos.base.Limit;
import mos.experiment.Export;
import mos.experiment.Search;
import mos.experiment.SupernetEvaluation;
import mos.results.FrontPoint;
import mos.results.SearchFigures;
import mos.search.EvolutionConfig;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.train.TrainingConfig;

/** What docs/java.md shows next; LibraryExampleTest runs it. */
final class SearchExample {
  private SearchExample() {}

  // docs/java.md
  /** Finds the best under 60% of the largest's latency, and all the best compromises. */
  static SearchFigures search(Path supernet, Path data, Path out) {
    // population, of which parents, mutated, crossed; mutation; iterations; tries; seed
    var size = new EvolutionConfig(10, 2, 4, 4, 0.3, 3, 10_000, 1);
    Search.Goal goal = Search.Goal.latency(Limit.percent(60)).withFront();
    Path file = out.resolve("search/architecture.yml");
    SearchFigures found = Search.of(supernet, data, goal, size, file).run();
    System.out.println(found.constraints().describe());
    for (FrontPoint point : found.front()) {
      System.out.println(point.cost() + " " + point.costUnit() + ": loss " + point.loss());
    }
    return found;
  }

  /** Trains some architectures alone: does the SuperTransformer rank them alike? */
  static double evaluate(Path supernet, Path data, List<SubTransformer> some, Path out) {
    TrainingConfig alone = TrainingConfig.hat(20, 64, Precision.FP32, 1); // updates, tokens, …
    var evaluation = SupernetEvaluation.of(supernet, data, some, alone, out.resolve("evaluation"));
    var result = evaluation.run();
    System.out.println("mean absolute error " + result.mae() + ", tau " + result.kendallTau());
    return result.mae();
  }

  /** Takes one out of the SuperTransformer, as a folder that translates text. */
  static void export(Path supernet, Path data, SubTransformer one, Path model) {
    Export.of(supernet, one, data, model).run();
  }
  // docs/java.md
}
