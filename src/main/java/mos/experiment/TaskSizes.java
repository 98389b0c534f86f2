package mos.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.ConfigurationException;

/**
 * Sizes for a corpus and a machine.
 *
 * @param space tiny, base or big
 * @param maxTokens of a micro-batch
 * @param updateFreq micro-batches of an update
 * @param updates of each of both trainings
 * @param population candidates of an iteration of the search
 * @param iterations of the search
 * @param why each choice, in a sentence
 */
record TaskSizes(
    String space,
    int maxTokens,
    int updateFreq,
    int updates,
    int population,
    int iterations,
    List<String> why) {
  private static final long GIB = 1L << 30;
  private static final List<String> SPACES = List.of("tiny", "base", "big");

  /** Share of the free memory that a training may take, and bytes per token of a pass. */
  private static final double MEMORY_SHARE = 0.5;

  /**
   * Chooses.
   *
   * @param asked a space, or null to choose one
   * @param pairs of the training set
   * @param tokens of its target side
   * @param memory bytes that a training can have: of the GPU, or free ones of the machine
   */
  static TaskSizes of(String asked, long pairs, long tokens, boolean gpu, long memory) {
    if (asked != null && !SPACES.contains(asked)) {
      throw new ConfigurationException(
          "space: got " + asked + ", need one of " + String.join(", ", SPACES));
    }
    List<String> why = new ArrayList<>();
    String fitting =
        pairs < 300_000 || !gpu ? "tiny" : pairs < 10_000_000 || memory < 38 * GIB ? "base" : "big";
    String space = asked == null ? fitting : asked;
    why.add(
        "space "
            + space
            + ": "
            + (asked != null
                ? "as asked"
                : !gpu && pairs >= 300_000
                    ? "there is no GPU, which larger ones need"
                    : String.format(Locale.ROOT, "fits %,d sentence pairs", pairs)));
    // Counted, in fp32: logits of a usual vocabulary three times, and of each layer 12 widths and
    // two
    // FFN widths a token; before these parameters, gradients, moments.
    long model = (space.equals("tiny") ? 1L : space.equals("base") ? 3L : 8L) * GIB / 2;
    long perToken = (space.equals("tiny") ? 300L : space.equals("base") ? 900L : 1500L) << 10;
    long fits = Math.max(0, (long) (memory * MEMORY_SHARE) - model) / perToken;
    int most = gpu ? 16384 : 2048;
    int maxTokens = 256;
    while (maxTokens * 2 <= Math.min(most, fits)) {
      maxTokens *= 2;
    }
    int wanted = !gpu ? 2048 : space.equals("tiny") ? 4096 : space.equals("base") ? 16384 : 32768;
    int updateFreq = Math.max(1, wanted / maxTokens);
    why.add(
        String.format(
            Locale.ROOT,
            "max-tokens %d, update-freq %d: %.1f GiB of %s memory, and updates of %,d tokens",
            maxTokens,
            updateFreq,
            memory / (double) GIB,
            gpu ? "GPU" : "free",
            (long) maxTokens * updateFreq));
    long perEpoch = Math.max(1, tokens / ((long) maxTokens * updateFreq) + 1);
    int updates = (int) Math.max(2000, Math.min(gpu ? 100_000 : 20_000, 30 * perEpoch));
    why.add(
        String.format(
            Locale.ROOT,
            "max-update %d: the training set some %.0f times",
            updates,
            updates / (double) perEpoch));
    return new TaskSizes(
        space, maxTokens, updateFreq, updates, gpu ? 125 : 50, gpu ? 30 : 10, List.copyOf(why));
  }
}
