package mos.command.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.ConfigurationException;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.Baselines;
import mos.experiment.CandidateLatency;
import mos.experiment.Limits;
import mos.experiment.Scoring;
import mos.experiment.Search;

/** What a search compares, and what it writes. */
public final class SearchSettings {
  public static final Setting<String> FITNESS =
      Setting.ofChoice("fitness", "loss", "bleu")
          .in(SettingGroup.SEARCH)
          .defaultsTo("loss")
          .doc("What is compared: validation loss, or BLEU on tokens, as 100 − BLEU");

  public static final Setting<String> BASELINES =
      Setting.ofChoice("baselines", "all", "depth", "none")
          .in(SettingGroup.SEARCH)
          .defaultsTo("all")
          .doc(
              "Compare with random search of the same budget and with decoder depth alone (all),"
                  + " with the latter, which is cheap (depth), or with nothing (none)");

  public static final Setting<Boolean> FRONT =
      Setting.ofBoolean("front")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(false)
          .doc(
              "Search the whole front of loss against latency (or the FLOPs or parameters that are"
                  + " constrained) by NSGA-II; the constraint then only chooses from it");

  public static final Setting<Boolean> FRONT_PARAMS =
      Setting.ofBoolean("front-params")
          .in(SettingGroup.SEARCH)
          .defaultsTo(false)
          .doc("Parameters as a third objective of the front");

  public static final Setting<String> LATENCY_COMPUTE =
      Setting.ofChoice("latency-compute", "gold", "predictor", "hybrid")
          .in(SettingGroup.SEARCH)
          .defaultsTo("gold")
          .doc(
              "Latency of candidates: gold measures each, predictor asks the predictor, hybrid"
                  + " measures those that the predictor, less its own error, lets pass");

  public static final Setting<Path> WRITE_CONFIG_PATH =
      Setting.ofPath("write-config-path")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .basic()
          .doc("Where the found architecture goes, HAT-style YAML");

  public static final Setting<Path> SEARCH_CACHE =
      Setting.ofPath("search-cache")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .doc("File of scores and latencies to reuse; not given: cache.jsonl beside the result");

  private SearchSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        FITNESS, BASELINES, FRONT, FRONT_PARAMS, LATENCY_COMPUTE, WRITE_CONFIG_PATH, SEARCH_CACHE);
  }

  /** The settings that {@link #scoring} reads. */
  public static List<Setting<?>> ofScoring() {
    List<Setting<?>> all = new ArrayList<>(DecodingSettings.ofBeam());
    all.addAll(
        List.of(
            FITNESS,
            DecodingSettings.BATCH_SIZE,
            DataSettings.SKIP_INVALID,
            DataSettings.VALID_SUBSET,
            DataSettings.MAX_TOKENS,
            LossSettings.LABEL_SMOOTHING));
    return all;
  }

  /** What architectures are compared by. */
  public static Scoring scoring(Settings settings) {
    return settings.get(FITNESS).equals("bleu") ? bleu(settings) : loss(settings);
  }

  static Scoring.Bleu bleu(Settings settings) {
    return new Scoring.Bleu(
        DecodingSettings.best(settings), settings.get(DataSettings.SKIP_INVALID));
  }

  static Scoring.Loss loss(Settings settings) {
    return new Scoring.Loss(
        settings.get(DataSettings.MAX_TOKENS), settings.get(LossSettings.LABEL_SMOOTHING));
  }

  /**
   * What is wanted.
   *
   * @throws mos.base.ConfigurationException for a front under a screen
   */
  public static Search.Goal goal(Settings settings) {
    Limits limits = ConstraintSettings.limits(settings);
    if (settings.get(FRONT) && limits.timed() && settings.get(LATENCY_COMPUTE).equals("hybrid")) {
      throw settings.error(
          LATENCY_COMPUTE, "gold or predictor with --front, which has no constraint to screen for");
    }
    return new Search.Goal(limits, settings.get(FRONT), settings.get(FRONT_PARAMS));
  }

  /**
   * Where candidates have their latency from.
   *
   * @throws ConfigurationException for a predictor that is not named
   */
  public static CandidateLatency candidates(Settings settings) {
    String compute = settings.get(LATENCY_COMPUTE);
    if (compute.equals("gold")) {
      return CandidateLatency.GOLD;
    }
    if (!settings.has(PredictorSettings.PATH)) {
      throw new ConfigurationException(
          PredictorSettings.PATH.key()
              + " is needed for latency-compute "
              + compute
              + ": "
              + PredictorSettings.PATH.doc());
    }
    return new CandidateLatency(
        compute.equals("hybrid"),
        settings.find(PredictorSettings.PATH),
        settings.get(PredictorSettings.ACCEPT_OTHER_HARDWARE));
  }

  /** Simpler ways to compare with. */
  public static Baselines.Kind baselines(Settings settings) {
    return Baselines.Kind.valueOf(settings.get(BASELINES).toUpperCase(Locale.ROOT));
  }
}
