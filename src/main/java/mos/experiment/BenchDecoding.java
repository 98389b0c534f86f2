package mos.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import mos.beam.BatchTranslator;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.onnx.ModelSizes;
import mos.onnx.OnnxBatchModel;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxOptions;
import mos.onnx.RandomWeights;
import mos.results.BenchFigures;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Scope;
import mos.translate.DecodingBenchmark;

/** Times translation in batches of the smallest and the largest SubTransformer, random weights. */
record BenchDecoding(Benchmark.Work.Decoding asked, Compute compute, Optional<OnnxOptions> onnx) {
  /** Sentences of a measurement, in batches. */
  private static final int ROUNDS = 8;

  Map<String, BenchFigures.Decoding> measure(ModelConfig config, SearchSpace space) {
    Map<String, BenchFigures.Decoding> speeds = new LinkedHashMap<>();
    Benchmark.extremes(space)
        .forEach(
            (name, architecture) ->
                onnx.map(how -> ofOnnx(config, architecture, how))
                    .orElseGet(() -> ofTorch(config, architecture))
                    .forEach((batch, speed) -> speeds.put(name + " " + batch, figures(speed))));
    return speeds;
  }

  private DecodingBenchmark benchmark() {
    return new DecodingBenchmark(asked.sentenceTokens(), ROUNDS);
  }

  private Map<Integer, DecodingBenchmark.Speed> ofTorch(
      ModelConfig config, SubTransformer architecture) {
    Map<Integer, DecodingBenchmark.Speed> speeds = new LinkedHashMap<>();
    try (Scope scope = Scope.open();
        SuperTransformer model =
            new SuperTransformer(config.standalone(architecture), compute.device(), false)) {
      Initialization.initialise(model, 1);
      for (int batch : asked.batches()) {
        try (Scope each = Scope.open()) {
          speeds.put(
              batch,
              benchmark()
                  .measure(
                      model.derive(architecture, compute.precision()),
                      asked.beam(),
                      batch,
                      asked.maxTokens()));
        }
      }
    }
    return speeds;
  }

  private Map<Integer, DecodingBenchmark.Speed> ofOnnx(
      ModelConfig config, SubTransformer architecture, OnnxOptions how) {
    Map<Integer, DecodingBenchmark.Speed> speeds = new LinkedHashMap<>();
    ModelSizes sizes = config.graphSizes(architecture);
    try (OnnxModel model =
        OnnxModel.random(sizes, how.precision(), how.threads(), new RandomWeights())) {
      for (int batch : asked.batches()) {
        TranslationOptions options = benchmark().options(asked.beam(), batch, asked.maxTokens());
        try (Translator translator =
            new BatchTranslator(new OnnxBatchModel(model, how.threads()), options)) {
          speeds.put(batch, benchmark().measure(translator, sizes.sourceVocabulary(), batch));
        }
      }
    }
    return speeds;
  }

  private BenchFigures.Decoding figures(DecodingBenchmark.Speed speed) {
    return new BenchFigures.Decoding(
        asked.beam(), speed.sentences(), speed.tokensPerSecond(), speed.stepMs());
  }
}
