package mos.command;

import java.util.Locale;
import java.util.Map;

/**
 * Training speeds of PyTorch programs for the same updates, to stand beside those of this machine:
 * target tokens/s by case and tokens per update as {@code bench} names them.
 */
enum PublishedSpeeds {
  /** The published implementation of Mixture-of-Supernets, fp16, one pass per update. */
  IMPLEMENTATION(
      Map.of(
          "hat 16384", 123_500,
          "layer-wise:2 16384", 92_700,
          "neuron-wise:2 16384", 81_700,
          "layer-wise:6 16384", 59_600,
          "neuron-wise:6 16384", 48_600)),
  /** A well-tuned PyTorch: bf16, fused attention, Adam and cross-entropy, not compiled. */
  TUNED(
      Map.of(
          "hat 4096", 38_000,
          "neuron-wise:2 4096", 18_800,
          "neuron-wise:6 4096", 21_600,
          "hat 16384", 128_300,
          "neuron-wise:2 16384", 82_800,
          "neuron-wise:6 16384", 86_300,
          "hat 65536", 154_400,
          "neuron-wise:2 65536", 151_000,
          "neuron-wise:6 65536", 147_200));

  /** What the figures hold for. */
  static final String CONDITIONS =
      "published, tuned PyTorch: on one H100, wmt14.en-de space, vocabulary 32,768, 30 tokens a"
          + " sentence, whole experts of the FFNs; comparable under these conditions only";

  private final Map<String, Integer> tokensPerSecond;

  PublishedSpeeds(Map<String, Integer> tokensPerSecond) {
    this.tokensPerSecond = tokensPerSecond;
  }

  /** Tokens/s of a case, empty where none was measured. */
  String text(String benchCase) {
    Integer speed = tokensPerSecond.get(benchCase);
    return speed == null ? "" : String.format(Locale.ROOT, "%,d", speed);
  }
}
