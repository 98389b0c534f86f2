package mos.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.ModelSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Measuring;
import mos.latency.RepeatedLatency;
import mos.results.LatencyFigures;
import mos.results.MeasureFigures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/** Latency on this machine, FLOPs and parameters of an architecture file. */
public final class MeasureCommand implements Command<MeasureFigures> {
  @Override
  public String name() {
    return "measure";
  }

  @Override
  public String description() {
    return "The architecture is that of --sub-configs, the latency that of this machine or of"
        + " --runner.";
  }

  @Override
  public String example() {
    return "measure --sub-configs arch.yml --configs configs/tasks/sample.yml --data data --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SubTransformerFile.settings());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(DataSettings.ofFolder());
    settings.addAll(ModelSettings.settings());
    settings.addAll(LatencySourceSettings.settings());
    settings.addAll(ConstraintSettings.settings());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            MeasureSettings.DESCRIBE,
            MeasureSettings.VOCABULARY_SIZE,
            MeasureSettings.REPEAT,
            MeasureSettings.CHECK_CONSTRAINT));
    return settings;
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of();
  }

  /** The architecture may not be there yet. */
  @Override
  public void check(Settings settings) {
    ConstraintSettings.limits(settings);
  }

  @Override
  public Measuring experiment(Settings settings) {
    SubTransformer architecture = SubTransformerFile.fromSettings(settings);
    Optional<SearchSpace> space = space(settings, architecture);
    return new Measuring(
        architecture,
        ModelSettings.anyVocabulary(settings, space.orElseGet(() -> SearchSpace.of(architecture))),
        DataSettings.vocabulary(settings),
        LatencySourceSettings.of(settings),
        timing(settings, space),
        MachineSettings.compute(settings));
  }

  /** Empty where no search space is given. */
  private static Optional<SearchSpace> space(Settings settings, SubTransformer architecture) {
    if (!SearchSpaceSettings.given(settings)) {
      return Optional.empty();
    }
    SearchSpace space = SearchSpaceSettings.space(settings);
    space.check(architecture, SubTransformerFile.where(settings));
    return Optional.of(space);
  }

  private static Measuring.Timing timing(Settings settings, Optional<SearchSpace> space) {
    if (settings.get(MeasureSettings.DESCRIBE)) {
      if (settings.get(MeasureSettings.CHECK_CONSTRAINT)) {
        throw settings.error(
            MeasureSettings.DESCRIBE, "left out with check-constraint, which times");
      }
      return new Measuring.Timing.None();
    }
    int repeat = settings.get(MeasureSettings.REPEAT);
    if (!settings.get(MeasureSettings.CHECK_CONSTRAINT)) {
      return new Measuring.Timing.Alone(repeat);
    }
    SubTransformer largest =
        space
            .orElseThrow(
                () ->
                    settings.error(
                        MeasureSettings.CHECK_CONSTRAINT, "given with a search space (--configs)"))
            .largest();
    return new Measuring.Timing.Compared(ConstraintSettings.limits(settings), largest, repeat);
  }

  @Override
  public Class<MeasureFigures> result() {
    return MeasureFigures.class;
  }

  @Override
  public boolean succeeded(MeasureFigures figures) {
    return !Boolean.FALSE.equals(figures.repeats().repeatsAgree())
        && !Boolean.FALSE.equals(figures.constraints().constraintMet());
  }

  @Override
  public String describe(MeasureFigures figures) {
    String counted =
        String.format(
            Locale.ROOT,
            "parameters %,d (%,d without embeddings)%nFLOPs %.3f G (%.3f G without output layer)",
            figures.costs().params(),
            figures.costs().paramsWithoutEmbedding(),
            figures.costs().flops() / 1e9,
            figures.costs().flopsWithoutOutputLayer() / 1e9);
    List<String> lines = new ArrayList<>();
    if (figures.latency().known()) {
      lines.add(latency(figures.latency()));
      MeasureFigures.Repeats repeats = figures.repeats();
      if (repeats.repeatsMs().size() > 1) {
        lines.add(
            RepeatedLatency.describe(
                repeats.repeatsMs().size(), repeats.repeatSpread(), repeats.repeatsAgree()));
      }
      if (figures.machineState() != null) {
        lines.add(figures.machineState());
      }
      if (!figures.constraints().all().isEmpty()) {
        lines.add(figures.constraints().describe());
      }
    }
    lines.add(counted);
    lines.add(whatWasMeasured(figures.measured()));
    return String.join(System.lineSeparator(), lines);
  }

  private static String latency(LatencyFigures latency) {
    return String.format(
        Locale.ROOT,
        "latency %.2f ms (encoder %.2f ± %.2f, decoder %.2f ± %.2f; interquartile range %.2f)",
        latency.latencyMs(),
        latency.encoderMs(),
        latency.encoderStdMs(),
        latency.decoderMs(),
        latency.decoderStdMs(),
        latency.interquartileMs());
  }

  private static String whatWasMeasured(MeasureFigures.Setup setup) {
    return String.format(
        Locale.ROOT,
        "of a model with a vocabulary of %,d (%s); one sentence of %d tokens, %d decoder steps,"
            + " beam %d",
        setup.targetVocabulary(),
        setup.vocabularyOf(),
        setup.sourceTokens(),
        setup.decoderSteps(),
        setup.beam());
  }
}
