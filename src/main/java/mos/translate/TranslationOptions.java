package mos.translate;

import java.util.ArrayList;
import java.util.List;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.data.BatchOptions;

/**
 * How sentences are searched, batched and reported.
 *
 * @param beam the search
 * @param nBest translations reported per sentence, at most the beam
 * @param batchSize sentences translated together at most; 0: as many as suit the device
 * @param maxTokens source tokens that the encoder reads together at most, padding counted; a longer
 *     sentence is read alone
 */
public record TranslationOptions(BeamOptions beam, int nBest, int batchSize, int maxTokens) {
  public static final Setting<Integer> NBEST =
      Setting.ofInt("nbest")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(1)
          .atLeast(1)
          .doc("Translations printed per sentence");
  public static final Setting<Integer> BATCH_SIZE =
      Setting.ofInt("batch-size")
          .in(SettingGroup.DECODING)
          .atLeast(1)
          .unit("sentences")
          .doc(
              "Most sentences translated together; not given: 64 on the CPU, 512 or 1024 on a GPU");

  /** The settings of {@code generate}. */
  public static final List<Setting<?>> SETTINGS = settings();

  public TranslationOptions {
    if (nBest < 1 || nBest > beam.beam()) {
      throw new ConfigurationException(
          "nbest: got " + nBest + ", must be in 1.." + beam.beam() + ", the beam");
    }
    if (batchSize < 0 || maxTokens < 1) {
      throw new ConfigurationException(
          "batch-size and max-tokens: got "
              + batchSize
              + " and "
              + maxTokens
              + ", must be at least 1");
    }
  }

  /** The same, each sentence alone. */
  public TranslationOptions oneByOne() {
    return new TranslationOptions(beam, nBest, 1, maxTokens);
  }

  private static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(BeamOptions.SETTINGS);
    all.addAll(List.of(NBEST, BATCH_SIZE, BatchOptions.MAX_TOKENS));
    return List.copyOf(all);
  }

  /** The same for the best translation of every sentence alone. */
  public static TranslationOptions ofBest(Settings settings) {
    return of(settings, 1);
  }

  /** What configuration files and command line ask for. */
  public static TranslationOptions of(Settings settings) {
    return of(settings, settings.get(NBEST));
  }

  private static TranslationOptions of(Settings settings, int nBest) {
    return new TranslationOptions(
        BeamOptions.of(settings),
        nBest,
        settings.find(BATCH_SIZE).orElse(0),
        settings.get(BatchOptions.MAX_TOKENS));
  }
}
