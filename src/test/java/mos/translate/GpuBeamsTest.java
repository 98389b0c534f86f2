package mos.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import mos.beam.BeamOptions;
import mos.beam.HostBeams;
import mos.beam.Hypothesis;
import mos.beam.SlotBeams;
import mos.beam.Start;
import mos.kernel.Slots;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beams that a GPU keeps against those that the host keeps, on the same scores. */
class GpuBeamsTest {
  private static final int SENTENCES = 9;

  /** Scores that follow from a beam's last token and its sentence's step alone. */
  private record Table(Tensor ofToken, Tensor ofStep) implements TensorSlotModel {
    @Override
    public void encode(List<int[]> sources, int[] places) {}

    @Override
    public Tensor logits(Slots slots, int n) {
      // While a step is recorded no slot is active: any row will do.
      Tensor active = slots.active().narrow(0, 0, n).clamp_min(new Scalar(0L));
      Tensor tokens = slots.tokens().index_select(0, active).reshape(-1);
      Tensor steps = slots.step().index_select(0, active);
      long vocabulary = ofToken.size(1);
      return ofToken
          .index_select(0, tokens.remainder(new Scalar(ofToken.size(0))))
          .view(n, slots.beam(), vocabulary)
          .add(ofStep.index_select(0, steps).unsqueeze(1))
          .view((long) n * slots.beam(), vocabulary);
    }

    @Override
    public void move(int from, int to) {}

    @Override
    public void close() {}
  }

  /**
   * With {@code crowded} the best scores are all in a few threads' share, so that they do not fit
   * the list of candidates.
   */
  @ParameterizedTest
  @CsvSource({
    "4, 32768, 0, 0, 1, false",
    "5, 32768, 2, 0.5, 3, false",
    "1, 32768, 0, 0, 1, true",
    "4, 32768, 3, -1, 0, true",
    "16, 1003, 0, 0, 2, false",
    "2, 40, 1, 0, 1, false",
    "3, 7, 0, 0.1, 1, false",
    "8, 33, 2, 0, 6, false"
  })
  void keepsWhatTheHostKeeps(
      int beam, int vocabulary, int ngram, double unkPenalty, int minLength, boolean crowded) {
    assumeTrue(Native.hasGpu(), "no GPU");
    BeamOptions options = new BeamOptions(beam, 0.8, true, 0, 24, minLength, ngram, unkPenalty);
    try (Scope scope = Scope.open()) {
      Device gpu = Devices.of("cuda");
      Table host = table(vocabulary, crowded);
      Table device =
          new Table(host.ofToken.to(gpu, ScalarType.Float), host.ofStep.to(gpu, ScalarType.Float));
      List<List<Hypothesis>> expected;
      try (HostBeams beams =
          new HostBeams(new CpuSlotModel(host, beam, SENTENCES, 30), options, SENTENCES, 30, 1)) {
        expected = all(beams);
      }
      try (DeviceBeams beams =
          new DeviceBeams(device, options, gpu, ScalarType.Float, vocabulary, SENTENCES, 30)) {
        for (int round = 0; round < 2; round++) {
          assertSame(all(beams), expected);
        }
      }
    }
  }

  private static Table table(int vocabulary, boolean crowded) {
    Random random = new Random(vocabulary);
    int rows = Math.min(vocabulary, 64);
    float[] scores = new float[rows * vocabulary];
    for (int i = 0; i < scores.length; i++) {
      int column = i % vocabulary;
      // A thread has eight columns of every 2,048.
      boolean high = crowded && column % 2048 < 40;
      scores[i] = (float) (2 * random.nextGaussian() + (high ? 20 : 0));
    }
    float[] steps = new float[30 * vocabulary];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = (float) random.nextGaussian();
    }
    return new Table(
        Tensors.of(scores, Tensors.cpu(), rows, vocabulary),
        Tensors.of(steps, Tensors.cpu(), 30, vocabulary));
  }

  private static List<List<Hypothesis>> all(SlotBeams beams) {
    List<List<Hypothesis>> found = new ArrayList<>();
    List<Start> starts = new ArrayList<>();
    List<Integer> running = new ArrayList<>();
    for (int slot = 0; slot < SENTENCES; slot++) {
      starts.add(new Start(slot, slot, 5, 3 * slot));
      running.add(slot);
      found.add(null);
    }
    int[] done = {};
    while (true) {
      List<Integer> finished = IntStream.of(done).boxed().toList();
      running.removeAll(finished);
      beams.go(done, starts, running.stream().mapToInt(Integer::intValue).toArray());
      List<List<Hypothesis>> results = beams.results();
      for (int i = 0; i < results.size(); i++) {
        found.set(finished.get(i), results.get(i));
      }
      if (running.isEmpty()) {
        return found;
      }
      starts = List.of();
      done = beams.done();
    }
  }

  private static void assertSame(List<List<Hypothesis>> got, List<List<Hypothesis>> expected) {
    for (int i = 0; i < SENTENCES; i++) {
      assertThat(got.get(i)).hasSameSizeAs(expected.get(i));
      for (int rank = 0; rank < expected.get(i).size(); rank++) {
        Hypothesis have = got.get(i).get(rank);
        Hypothesis want = expected.get(i).get(rank);
        assertThat(have.tokens()).as("sentence %s, rank %s", i, rank).isEqualTo(want.tokens());
        assertThat(have.score()).isCloseTo(want.score(), within(1e-4));
      }
    }
  }
}
