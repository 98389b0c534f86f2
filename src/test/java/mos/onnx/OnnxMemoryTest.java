package mos.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import mos.beam.BatchTranslator;
import mos.beam.BeamOptions;
import mos.beam.TranslationOptions;
import mos.data.Dictionary;
import mos.space.Plain;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sessions and tensors are freed: memory does not grow with sentences. */
class OnnxMemoryTest {
  private static final int PART = 1000;
  private static final ModelSizes SIZES =
      new ModelSizes(
          Plain.architecture(
              16,
              16,
              List.of(32),
              List.of(2),
              List.of(32, 32),
              List.of(2, 2),
              List.of(2, 2),
              List.of(-1, -1)),
          16,
          40,
          40,
          true,
          "relu",
          64);

  @Tag("slow")
  @Test
  void memoryIsFlat() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status));
    BeamOptions beam = new BeamOptions(2, 1, true, 1, 4, 0, 0, 0);
    List<Long> kib = new ArrayList<>();
    for (OnnxPrecision precision : OnnxPrecision.values()) {
      SplittableRandom random = new SplittableRandom(7);
      try (OnnxModel model = OnnxModel.random(SIZES, precision, 1, new RandomWeights());
          BatchTranslator translator =
              new BatchTranslator(
                  new OnnxBatchModel(model, 1), new TranslationOptions(beam, 1, 32, 500))) {
        for (int done = PART; done <= 100 * PART; done += PART) {
          List<int[]> sources = new ArrayList<>();
          for (int i = 0; i < PART; i++) {
            int[] source = random.ints(1 + random.nextInt(30), Dictionary.SPECIALS, 40).toArray();
            source[source.length - 1] = Dictionary.EOS;
            sources.add(source);
          }
          translator.translate(sources);
          if (done == 10 * PART || done == 50 * PART || done == 100 * PART) {
            System.gc();
            kib.add(resident(status));
          }
        }
      }
    }
    System.out.println("native KiB at 10k, 50k, 100k sentences, fp32 and int8: " + kib);
    assertThat(kib.get(2)).isLessThan(kib.get(1) + (kib.get(1) >> 3));
    assertThat(kib.get(5)).isLessThan(kib.get(4) + (kib.get(4) >> 3));
  }

  /** A model for each candidate of a search. */
  @Tag("slow")
  @Test
  void modelsAreFreed() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status));
    RandomWeights weights = new RandomWeights();
    List<Long> kib = new ArrayList<>();
    for (int i = 1; i <= 400; i++) {
      OnnxModel.random(SIZES, OnnxPrecision.INT8, 1, weights).close();
      if (i % 200 == 0) {
        System.gc();
        kib.add(resident(status));
      }
    }
    assertThat(kib.get(1)).isLessThan(kib.get(0) + (kib.get(0) >> 3));
  }

  /** What is resident less what Java's heap has, which comes and goes, in KiB. */
  private static long resident(Path status) throws IOException {
    long heap = Runtime.getRuntime().totalMemory() >> 10;
    return -heap
        + Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElseThrow();
  }
}
