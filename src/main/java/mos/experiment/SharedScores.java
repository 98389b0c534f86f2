package mos.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.function.ObjDoubleConsumer;
import java.util.function.ToDoubleFunction;
import mos.base.Json;
import mos.distributed.SharedWork;
import mos.results.SearchFigures;
import mos.search.SearchCache;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.tensor.Native;

/**
 * Scores of candidates, each computed by one of the processes that share a search. Processes of one
 * host divide its threads while they score; between that, one of them measures latencies with all.
 *
 * @param score of one candidate
 * @param target the architecture file of the search, for messages
 */
record SharedScores(ToDoubleFunction<SubTransformer> score, SharedWork shared, Path target)
    implements SearchCache.Scores {

  @Override
  public void score(List<SubTransformer> architectures, ObjDoubleConsumer<SubTransformer> scored) {
    List<String> items =
        architectures.stream().map(a -> Json.line(ConfigurationDictionary.toJson(a))).toList();
    shared.compute(
        items,
        this::score,
        (item, value) -> scored.accept(architectures.get(item), Double.parseDouble(value)));
  }

  /** Of every process but the first: computes scores until the search is over. */
  SearchFigures help() {
    return Sharing.help(shared, SearchFigures.class, this::score);
  }

  private String score(String item) {
    Stop.ifAsked(target);
    SubTransformer architecture =
        ConfigurationDictionary.fromJson(Json.parse(item, "candidate"), "candidate");
    int threads = Native.threads();
    int own = Math.max(1, threads / shared.localSize());
    if (own == threads) {
      return Double.toString(score.applyAsDouble(architecture));
    }
    Native.setThreads(own);
    try {
      return Double.toString(score.applyAsDouble(architecture));
    } finally {
      Native.setThreads(threads);
    }
  }
}
