package mos.translate;

import java.util.List;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;

/**
 * How beam search scores and stops.
 *
 * @param beam hypotheses kept and returned per sentence, at least 1
 * @param lengthPenalty exponent α of the length, EOS counted, by which a score is divided; more
 *     favours long translations
 * @param normalize whether scores are divided at all
 * @param maxLengthA a of the most tokens before EOS, a·S + b, where S is the source's own length
 *     with EOS
 * @param maxLengthB b
 * @param minLength fewest tokens before EOS
 * @param noRepeatNgramSize no n-gram of this size occurs twice; 0: any may
 * @param unkPenalty subtracted from the log-probability of the unknown symbol
 */
public record BeamOptions(
    int beam,
    double lengthPenalty,
    boolean normalize,
    double maxLengthA,
    int maxLengthB,
    int minLength,
    int noRepeatNgramSize,
    double unkPenalty) {

  public static final Setting<Integer> BEAM =
      Setting.ofInt("beam")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(4)
          .range(1, 1000)
          .doc("Hypotheses kept per sentence");
  public static final Setting<Double> LENPEN =
      Setting.ofDouble("lenpen")
          .in(SettingGroup.DECODING)
          .basic()
          .defaultsTo(0.6)
          .doc("Length penalty: scores are divided by length^lenpen");
  public static final Setting<Double> MAX_LEN_A =
      Setting.ofDouble("max-len-a")
          .in(SettingGroup.DECODING)
          .defaultsTo(0.0)
          .atLeast(0)
          .doc("a of the longest translation, a x source length + b");
  public static final Setting<Integer> MAX_LEN_B =
      Setting.ofInt("max-len-b")
          .in(SettingGroup.DECODING)
          .defaultsTo(200)
          .atLeast(0)
          .unit("tokens")
          .doc("b of the longest translation, a x source length + b");
  public static final Setting<Integer> MIN_LEN =
      Setting.ofInt("min-len")
          .in(SettingGroup.DECODING)
          .defaultsTo(1)
          .atLeast(0)
          .unit("tokens")
          .doc("Shortest translation, end symbol not counted");
  public static final Setting<Integer> NO_REPEAT_NGRAM_SIZE =
      Setting.ofInt("no-repeat-ngram-size")
          .in(SettingGroup.DECODING)
          .defaultsTo(0)
          .atLeast(0)
          .doc("No n-gram of this size may occur twice; 0: any may");
  public static final Setting<Double> UNKPEN =
      Setting.ofDouble("unkpen")
          .in(SettingGroup.DECODING)
          .defaultsTo(0.0)
          .doc("Subtracted from the score of the unknown symbol");

  /** The settings of a beam search. */
  public static final List<Setting<?>> SETTINGS =
      List.of(BEAM, LENPEN, MAX_LEN_A, MAX_LEN_B, MIN_LEN, NO_REPEAT_NGRAM_SIZE, UNKPEN);

  public BeamOptions {
    atLeast("beam", beam, 1);
    atLeast("max-len-a", maxLengthA, 0);
    atLeast("max-len-b", maxLengthB, 0);
    atLeast("min-len", minLength, 0);
    atLeast("no-repeat-ngram-size", noRepeatNgramSize, 0);
    if (!Double.isFinite(lengthPenalty) || !Double.isFinite(unkPenalty)) {
      throw new ConfigurationException(
          "lenpen and unkpen: got " + lengthPenalty + " and " + unkPenalty + ", must be finite");
    }
  }

  private static void atLeast(String name, double got, int least) {
    if (!(got >= least)) {
      throw new ConfigurationException(name + ": got " + got + ", must be at least " + least);
    }
  }

  /** What configuration files and command line ask for. */
  public static BeamOptions of(Settings settings) {
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

  /** A beam and a length penalty, everything else at its default. */
  public static BeamOptions of(int beam, double lengthPenalty) {
    return new BeamOptions(
        beam,
        lengthPenalty,
        true,
        MAX_LEN_A.defaultValue().orElseThrow(),
        MAX_LEN_B.defaultValue().orElseThrow(),
        MIN_LEN.defaultValue().orElseThrow(),
        NO_REPEAT_NGRAM_SIZE.defaultValue().orElseThrow(),
        UNKPEN.defaultValue().orElseThrow());
  }

  /** The most tokens before EOS for a source of {@code sourceLength} tokens, EOS counted. */
  public int maxLength(int sourceLength) {
    return (int) Math.min(maxLengthA * sourceLength + maxLengthB, Integer.MAX_VALUE);
  }

  /** The score by which hypotheses of different lengths are compared. */
  double score(double logProbability, int length) {
    return normalize ? logProbability / Math.pow(length, lengthPenalty) : logProbability;
  }
}
