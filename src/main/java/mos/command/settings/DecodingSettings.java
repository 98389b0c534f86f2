package mos.command.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.beam.BeamOptions;
import mos.beam.TranslationOptions;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.TranslatorChoice;
import mos.translation.LongLines;
import mos.translation.TextOptions;

/** How sentences are translated, and in which form translations are written. */
public final class DecodingSettings {
  public static final Setting<Integer> BEAM =
      Setting.ofInt("beam")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(BeamOptions.DEFAULT.beam())
          .range(1, 1000)
          .doc("Hypotheses kept per sentence");

  public static final Setting<Double> LENPEN =
      Setting.ofDouble("lenpen")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(BeamOptions.DEFAULT.lengthPenalty())
          .doc("Length penalty: scores are divided by length^lenpen");

  public static final Setting<Double> MAX_LEN_A =
      Setting.ofDouble("max-len-a")
          .in(SettingGroup.DECODING)
          .defaultsTo(BeamOptions.DEFAULT.maxLengthA())
          .atLeast(0)
          .doc("a of the longest translation, a x source length + b");

  public static final Setting<Integer> MAX_LEN_B =
      Setting.ofInt("max-len-b")
          .in(SettingGroup.DECODING)
          .defaultsTo(BeamOptions.DEFAULT.maxLengthB())
          .atLeast(0)
          .unit("tokens")
          .doc("b of the longest translation, a x source length + b");

  public static final Setting<Integer> MIN_LEN =
      Setting.ofInt("min-len")
          .in(SettingGroup.DECODING)
          .defaultsTo(BeamOptions.DEFAULT.minLength())
          .atLeast(0)
          .unit("tokens")
          .doc("Shortest translation, end symbol not counted");

  public static final Setting<Integer> NO_REPEAT_NGRAM_SIZE =
      Setting.ofInt("no-repeat-ngram-size")
          .in(SettingGroup.DECODING)
          .defaultsTo(BeamOptions.DEFAULT.noRepeatNgramSize())
          .atLeast(0)
          .doc("No n-gram of this size may occur twice; 0: any may");

  public static final Setting<Double> UNKPEN =
      Setting.ofDouble("unkpen")
          .in(SettingGroup.DECODING)
          .defaultsTo(BeamOptions.DEFAULT.unkPenalty())
          .doc("Subtracted from the score of the unknown symbol");

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

  public static final Setting<Boolean> INTERACTIVE =
      Setting.ofBoolean("interactive")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(false)
          .doc("Translate raw lines of standard input as they come");

  public static final Setting<String> LONG_LINES =
      Setting.ofChoice("long-lines", "split", "truncate", "skip")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo("split")
          .doc(
              "Lines of raw text with more than long-line-tokens: cut at the ends of sentences and"
                  + " joined again, cut short, or answered with an empty line");

  public static final Setting<Integer> LONG_LINE_TOKENS =
      Setting.ofInt("long-line-tokens")
          .in(SettingGroup.DECODING)
          .defaultsTo(TextOptions.LONGEST)
          .range(1, TextOptions.MOST_TOKENS)
          .unit("tokens")
          .doc("Source tokens of a line of raw text that is not long yet");

  public static final Setting<Boolean> REMOVE_BPE =
      Setting.ofBoolean("remove-bpe")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(false)
          .doc("Join words that BPE has split in the S-, T- and H- lines");

  public static final Setting<Boolean> PLAIN =
      Setting.ofBoolean("plain")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(false)
          .doc("Print plain translations, detokenised, in place of S-, T-, H- lines");

  public static final Setting<Path> RESULTS_PATH =
      Setting.ofPath("results-path")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .basic()
          .doc("Write the translations to files with this prefix in place of standard output");

  private DecodingSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        BEAM,
        LENPEN,
        MAX_LEN_A,
        MAX_LEN_B,
        MIN_LEN,
        NO_REPEAT_NGRAM_SIZE,
        UNKPEN,
        NBEST,
        BATCH_SIZE,
        INTERACTIVE,
        LONG_LINES,
        LONG_LINE_TOKENS,
        REMOVE_BPE,
        PLAIN,
        RESULTS_PATH);
  }

  /** The settings of a beam search. */
  public static List<Setting<?>> ofBeam() {
    return List.of(BEAM, LENPEN, MAX_LEN_A, MAX_LEN_B, MIN_LEN, NO_REPEAT_NGRAM_SIZE, UNKPEN);
  }

  /** The settings of a translation: {@link #ofBeam} and how sentences are batched and reported. */
  public static List<Setting<?>> ofTranslation() {
    List<Setting<?>> all = new ArrayList<>(ofBeam());
    all.addAll(List.of(NBEST, BATCH_SIZE, DataSettings.MAX_TOKENS));
    return List.copyOf(all);
  }

  /** How beam search scores and stops. */
  public static BeamOptions beam(Settings settings) {
    return new BeamOptions(
        settings.get(BEAM),
        settings.get(LENPEN),
        true,
        settings.get(MAX_LEN_A),
        settings.get(MAX_LEN_B),
        settings.get(MIN_LEN),
        settings.get(NO_REPEAT_NGRAM_SIZE),
        settings.get(UNKPEN));
  }

  /** What configuration files and command line ask for. */
  public static TranslationOptions translation(Settings settings) {
    return translation(settings, settings.get(NBEST));
  }

  /** What becomes of long lines of raw text. */
  public static LongLines longLines(Settings settings) {
    return LongLines.valueOf(settings.get(LONG_LINES).toUpperCase(Locale.ROOT));
  }

  /** How raw text is translated. */
  public static TextOptions text(Settings settings) {
    return new TextOptions(beam(settings), 1, longLines(settings), settings.get(LONG_LINE_TOKENS));
  }

  /** The same for the best translation of every sentence alone. */
  public static TranslationOptions best(Settings settings) {
    return translation(settings, 1);
  }

  private static TranslationOptions translation(Settings settings, int nBest) {
    return new TranslationOptions(
        beam(settings),
        nBest,
        settings.find(BATCH_SIZE).orElse(0),
        settings.get(DataSettings.MAX_TOKENS));
  }

  /**
   * The model that translates. With {@code deterministic} it does so sentence by sentence: nothing
   * then depends on the others. An exported model that is named without data has its dictionaries
   * itself.
   *
   * @throws mos.base.ConfigurationException where no model or no data are named
   */
  public static TranslatorChoice translator(Settings settings, TranslationOptions options) {
    Path model = FileSettings.required(settings, FileSettings.PATH);
    return new TranslatorChoice(
        model,
        FileSettings.architecture(settings),
        !settings.has(DataSettings.DATA) && Files.isDirectory(model)
            ? DataSettings.languages(settings, model)
            : DataSettings.source(settings),
        settings.get(MachineSettings.DETERMINISTIC) ? options.oneByOne() : options,
        MachineSettings.compute(settings));
  }
}
