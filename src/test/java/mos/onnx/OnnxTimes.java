package mos.onnx;

import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import mos.space.Plain;
import mos.space.SubTransformer;

/**
 * Times of the largest and the smallest WMT SubTransformer, random weights: making the sessions,
 * the encoder for 30 tokens, 30 steps with a beam of 5. Arguments: threads, runs, sentences
 * together.
 */
public final class OnnxTimes {
  private static final int BEAM = 5;
  private static final int LENGTH = 30;
  private static final int VOCABULARY = 32_768;

  private OnnxTimes() {}

  public static void main(String[] arguments) {
    int threads = Integer.parseInt(arguments[0]);
    int runs = Integer.parseInt(arguments[1]);
    int sentences = Integer.parseInt(arguments[2]);
    RandomWeights weights = new RandomWeights();
    for (OnnxPrecision precision : OnnxPrecision.values()) {
      for (boolean largest : new boolean[] {true, false}) {
        SubTransformer architecture =
            largest ? architecture(640, 3072, 6, 8) : architecture(512, 1024, 1, 4);
        ModelSizes sizes =
            new ModelSizes(architecture, 512, VOCABULARY, VOCABULARY, true, "relu", 1024);
        for (int i = 0; i < 2; i++) { // the first one also makes the random numbers
          long start = System.nanoTime();
          try (OnnxModel model = OnnxModel.random(sizes, precision, threads, weights)) {
            double made = (System.nanoTime() - start) / 1e6;
            String times = times(model, runs, sentences);
            System.out.println(
                String.format(
                    Locale.ROOT,
                    "%s %s threads %d sentences %d: sessions %.0f, %s, all %.0f ms",
                    largest ? "largest" : "smallest",
                    precision.label(),
                    threads,
                    sentences,
                    made,
                    times,
                    (System.nanoTime() - start) / 1e6));
          }
        }
      }
    }
  }

  private static SubTransformer architecture(int width, int ffn, int layers, int heads) {
    return Plain.architecture(
        width,
        width,
        Collections.nCopies(6, ffn),
        Collections.nCopies(6, heads),
        Collections.nCopies(layers, ffn),
        Collections.nCopies(layers, heads),
        Collections.nCopies(layers, heads),
        Collections.nCopies(layers, 1));
  }

  private static String times(OnnxModel model, int runs, int sentences) {
    double[] encoder = new double[runs];
    double[] decoder = new double[runs];
    int[] source = new int[LENGTH];
    Arrays.setAll(source, i -> 4 + i * 37);
    int[] places = new int[sentences];
    Arrays.setAll(places, i -> i);
    try (OnnxDecoder decoding = new OnnxDecoder(model, sentences, BEAM)) {
      for (int run = 0; run < runs; run++) {
        long start = System.nanoTime();
        decoding.encode(Collections.nCopies(sentences, source), places);
        long encoded = System.nanoTime();
        for (int t = 0; t < LENGTH; t++) {
          int[] taken = new int[sentences];
          int[] tokens = new int[sentences * BEAM];
          Arrays.fill(taken, t);
          Arrays.fill(tokens, 4 + 131 * t);
          decoding.step(sentences, taken, tokens, new int[tokens.length * LENGTH], LENGTH);
        }
        encoder[run] = (encoded - start) / 1e6;
        decoder[run] = (System.nanoTime() - encoded) / 1e6;
      }
    }
    return "encoder " + of(encoder) + ", " + LENGTH + " steps " + of(decoder);
  }

  /** The fastest and the median. */
  private static String of(double[] times) {
    Arrays.sort(times);
    return String.format(Locale.ROOT, "%.1f/%.1f", times[0], times[times.length / 2]);
  }
}
