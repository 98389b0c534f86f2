package mos.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import mos.base.MosException;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.data.Passes;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.DeviceMemory;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many tokens one pass may have: on a GPU as many as fit into its memory, found by running the
 * largest SubTransformer.
 *
 * @param least tokens of a micro-batch, which a pass must hold
 * @param most tokens that a pass has at most
 * @param taught whether a student is tried as well, which takes more
 * @param fixed whether it must not depend on the memory that is free, which decides how sums are
 *     rounded
 */
record PassSize(int least, int most, boolean taught, boolean fixed) {
  private static final Logger LOG = LoggerFactory.getLogger(PassSize.class);

  /** Left free for what is not seen in the trial: fragments, other architectures' sizes. */
  private static final double RESERVE = 0.9;

  private static final int SENTENCE = 32;

  /** More tokens in one pass bring no speed. */
  private static final int ENOUGH = 1 << 17;

  static PassSize of(TrainingConfig config, Device device, int processes) {
    TrainingConfig.UpdateSize size = config.update();
    int least = size.maxTokens();
    boolean taught = config.gradients().distillation().active();
    boolean fixed = config.gradients().deterministic();
    if (size.tokensPerPass() > 0) {
      return new PassSize(least, size.tokensPerPass(), taught, fixed);
    }
    long update = (long) least * size.ofOne(processes);
    int most = device.is_cpu() ? least : (int) Math.max(least, Math.min(ENOUGH, update));
    return new PassSize(least, most, taught, fixed);
  }

  /** How sentences come together on a device: CPUs pad, GPUs do not. */
  static Passes passes(Device device) {
    return device.is_cpu() ? Passes.PADDED : Passes.PACKED;
  }

  /**
   * The largest size that fits, {@code most} on the CPU.
   *
   * @throws MosException when not even a micro-batch does
   */
  int fit(SuperTransformer model, ArchitectureSchedule schedule, GradientEngine engine) {
    if (model.device().is_cpu()) {
      return most;
    }
    SubTransformer largest = schedule.largest();
    List<SubTransformer> tried = taught ? List.of(largest, largest) : List.of(largest);
    int size = most;
    while (true) {
      Trial trial = trial(model, tried, engine, size);
      if (trial.fits()) {
        LOG.info(
            "passes of up to {} tokens: the largest SubTransformer takes {} GB with them, {} GB"
                + " are free",
            size,
            gigabytes(trial.taken()),
            gigabytes(DeviceMemory.free(model.device())));
        return size;
      }
      DeviceMemory.release(model.device());
      if (size == least) {
        throw new MosException(
            "the largest SubTransformer does not fit into the GPU's memory with max-tokens "
                + least
                + ": lower max-tokens (and raise update-freq by the same factor)",
            trial.failure());
      }
      if (fixed) {
        throw new MosException(
            "passes of "
                + size
                + " tokens do not fit into the GPU's free memory, and a deterministic training"
                + " does not choose smaller ones by itself: give --max-tokens-per-pass, "
                + least
                + " or more, the same in every run",
            trial.failure());
      }
      size = Math.max(least, (int) (size * 0.7));
    }
  }

  /**
   * How a trial of a size ended.
   *
   * @param fits whether it left the reserve
   * @param taken bytes that the device's processes have taken after it; 0 where memory ran out
   * @param failure what told that memory ran out; null where it did not
   */
  record Trial(boolean fits, long taken, RuntimeException failure) {
    /** It ran, on a device of which {@code free} bytes were free before and fewer are after. */
    static Trial of(long freeBefore, long freeAfter, long taken) {
      return new Trial(freeBefore - freeAfter <= RESERVE * freeBefore, taken, null);
    }
  }

  private static Trial trial(
      SuperTransformer model, List<SubTransformer> tried, GradientEngine engine, int tokens) {
    Device device = model.device();
    DeviceMemory.release(device);
    long free = DeviceMemory.free(device);
    try (Scope scope = Scope.open()) {
      List<Batch> pass = List.of(sentences(model.config(), tokens));
      engine.gradients(tried, pass, new long[tried.size()], 1).sum().item_double();
    } catch (RuntimeException e) {
      if (DeviceMemory.isExhausted(e)) {
        return new Trial(false, 0, e);
      }
      throw e;
    }
    return Trial.of(free, DeviceMemory.free(device), DeviceMemory.taken(device));
  }

  /** Sentences of one token over and over, as many as a pass has. */
  private static Batch sentences(ModelConfig config, int tokens) {
    int size = Math.max(1, tokens / SENTENCE);
    int token = Math.min(config.sourceVocabulary(), config.targetVocabulary()) - 1;
    int[] sentence = new int[Math.min(SENTENCE, tokens)];
    Arrays.fill(sentence, Math.max(Dictionary.EOS, token));
    int[][] rows = new int[size][];
    Arrays.fill(rows, sentence);
    int[] lengths = new int[size];
    Arrays.fill(lengths, sentence.length);
    return new Batch(new int[size], rows, lengths, rows, rows, size * sentence.length);
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e9);
  }
}
