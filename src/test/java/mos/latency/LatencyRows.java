package mos.latency;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import mos.model.ExpertConfig;
import mos.model.ModelConfig;
import mos.space.Dimension;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/** Datasets of which the true latency is known. */
final class LatencyRows {
  static final SearchSpace SPACE =
      Plain.space(
          List.of(640, 512),
          List.of(640, 512),
          List.of(3072, 2048, 1024, 512),
          List.of(3072, 2048, 1024, 512),
          List.of(6),
          List.of(6, 5, 4, 3, 2, 1),
          List.of(8, 4, 2),
          List.of(8, 4, 2),
          List.of(8, 4, 2),
          List.of(-1, 1, 2));

  static final ModelConfig MODEL = ModelConfig.of(SPACE, 512, 20, 24, false, ExpertConfig.NONE);

  private LatencyRows() {}

  /** Every layer costs something, and more with its sizes; 1% of noise. */
  static List<LatencyRow> additive(int rows) {
    SplittableRandom random = new SplittableRandom(7);
    return IntStream.range(0, rows)
        .mapToObj(
            i -> {
              SubTransformer a = SPACE.sample(random);
              return LatencyRow.of(a, latency(a, 1 + 0.01 * (2 * random.nextDouble() - 1)));
            })
        .toList();
  }

  static Latency latency(SubTransformer a, double noise) {
    double decoder = 2;
    for (int i = 0; i < a.decoderLayers(); i++) {
      decoder += 5 + 0.004 * a.value(Dimension.DECODER_FFN, i) + 0.01 * a.decoderEmbedDim();
    }
    return new Latency(3 * noise, decoder * noise, 0.1, 0.2, 0.3);
  }
}
