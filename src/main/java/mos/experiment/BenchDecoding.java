package mos.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.results.BenchFigures;
import mos.space.SearchSpace;
import mos.tensor.Compute;
import mos.tensor.Scope;
import mos.translate.DecodingBenchmark;

/** Times translation in batches of the smallest and the largest SubTransformer, random weights. */
record BenchDecoding(Benchmark.Work.Decoding asked, Compute compute) {
  /** Sentences of a measurement, in batches. */
  private static final int ROUNDS = 8;

  Map<String, BenchFigures.Decoding> measure(ModelConfig config, SearchSpace space) {
    Map<String, BenchFigures.Decoding> speeds = new LinkedHashMap<>();
    Benchmark.extremes(space)
        .forEach(
            (name, architecture) -> {
              try (Scope scope = Scope.open();
                  SuperTransformer model =
                      new SuperTransformer(
                          config.standalone(architecture), compute.device(), false)) {
                Initialization.initialise(model, 1);
                for (int batch : asked.batches()) {
                  try (Scope each = Scope.open()) {
                    DecodingBenchmark.Speed speed =
                        new DecodingBenchmark(asked.sentenceTokens(), ROUNDS)
                            .measure(
                                model.derive(architecture, compute.precision()),
                                asked.beam(),
                                batch,
                                asked.maxTokens());
                    speeds.put(name + " " + batch, figures(speed));
                  }
                }
              }
            });
    return speeds;
  }

  private BenchFigures.Decoding figures(DecodingBenchmark.Speed speed) {
    return new BenchFigures.Decoding(
        asked.beam(), speed.sentences(), speed.tokensPerSecond(), speed.stepMs());
  }
}
