package mos.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.command.Command;
import mos.command.EvoSearchCommand;
import mos.command.GenerateCommand;
import mos.command.LatencyDatasetCommand;
import mos.command.LatencyPredictorCommand;
import mos.command.MeasureCommand;
import mos.command.PrepareSampleCommand;
import mos.command.TrainCommand;
import mos.command.TrainSubTransformerCommand;
import mos.command.TrainingCommand;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.PredictorSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TaskFile;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.latency.LatencyDataset;
import mos.space.Dimension;
import mos.train.Checkpoint;

/**
 * The stages of a run, each a command line of its own: {@code run} executes them, {@code
 * generate-script} prints them.
 *
 * <p>Source: Mixture-of-Supernets (2024), section 4, and HAT (2020), figure 2: supernet, latency
 * dataset, latency predictor, evolutionary search, measuring, training of the found SubTransformer,
 * scores.
 */
final class Plan {
  private final Settings given;
  private final Path out;
  private final Path data;
  private final List<Path> files;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<Stage> stages = new ArrayList<>();

  /** Whether the stages that follow only compare. */
  private boolean comparing;

  private Plan(Settings given) {
    this.given = given;
    this.out = RunSettings.outputDir(given);
    Path task = TaskFile.of(given).file();
    this.files = new ArrayList<>(List.of(task));
    files.addAll(given.files());
    if (given.get(RunSettings.TRIAL_RUN)) {
      StageSettings.TRIAL.forEach((setting, value) -> options.put(setting.key(), value));
    }
    options.putAll(Budget.sizes(given));
    options.putAll(given.overrides());
    if (RunSettings.makesItsData(given)) {
      data = out.resolve("data");
      stage("data", "sample data", new PrepareSampleCommand(), List.of(), Map.of(), List.of());
      options.put(DataSettings.DATA.key(), data.toString());
    } else {
      data = AllSettings.load(files, options).get(DataSettings.DATA);
    }
    if (given.get(RunSettings.FRAC_EXPERTS) == 1) {
      searchTokenExperts();
    }
  }

  /** Adds token experts to the search space, up to max-experts a layer where it does not say. */
  private void searchTokenExperts() {
    Settings all = AllSettings.load(files, options);
    for (Dimension dimension : List.of(Dimension.ENCODER_EXPERTS, Dimension.DECODER_EXPERTS)) {
      if (!all.has(dimension.choiceSetting())) {
        int most = all.get(ModelSettings.MAX_EXPERTS);
        if (most < 2 || most > Dimension.MAX_TOKEN_EXPERTS) {
          throw new ConfigurationException(
              "frac-experts: got 1 with max-experts "
                  + most
                  + ", need max-experts in 2.."
                  + Dimension.MAX_TOKEN_EXPERTS
                  + " or "
                  + dimension.choiceSetting().key());
        }
        options.put(
            dimension.choiceSetting().key(),
            IntStream.rangeClosed(1, most)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(",")));
      }
    }
  }

  /**
   * @param given what the {@code run} command was given
   * @throws ConfigurationException for an unknown task or what is not supported
   */
  static List<Stage> of(Settings given) {
    Plan plan = new Plan(given);
    plan.build();
    return plan.stages;
  }

  /**
   * The stages of another answer of the search, behind a run's.
   *
   * @param given what the run was given
   */
  static List<Stage> of(Settings given, Answer taken) {
    Plan plan = new Plan(given);
    plan.stages.clear();
    plan.answer(taken);
    return plan.stages;
  }

  private void build() {
    Path supernet = out.resolve("supernet");
    Path inherited = supernet.resolve(Checkpoint.BEST);
    Path latencies = out.resolve("latency/dataset.csv");
    Path predictor = out.resolve("latency/predictor.json");
    Answer found = Answer.found(out);
    List<String> none = stages.isEmpty() ? List.of() : List.of("data");
    stage(
        "supernet",
        "train the SuperTransformer",
        new TrainCommand(),
        List.of(),
        Map.of(FileSettings.SAVE_DIR, supernet, TrainingSettings.TRAIN_SUBTRANSFORMER, false),
        none,
        supernet);
    stage(
        "latency_dataset",
        "measure random SubTransformers",
        new LatencyDatasetCommand(),
        latencySpace(),
        Map.of(LatencyDatasetSettings.PATH, latencies),
        none,
        latencies,
        LatencyDataset.sideFile(latencies));
    stage(
        "latency_predictor",
        "train the latency predictor",
        new LatencyPredictorCommand(),
        List.of(),
        Map.of(LatencyDatasetSettings.PATH, latencies, PredictorSettings.PATH, predictor),
        List.of("latency_dataset"),
        predictor);
    stage(
        "evo_search",
        "search",
        new EvoSearchCommand(),
        List.of(),
        Map.of(
            FileSettings.RESTORE_FILE,
            inherited,
            PredictorSettings.PATH,
            predictor,
            SearchSettings.WRITE_CONFIG_PATH,
            found.architecture(),
            SearchSettings.SEARCH_CACHE,
            out.resolve("search-cache.jsonl")),
        List.of("supernet", "latency_predictor"),
        found.architecture().getParent());
    answer(found);
    comparing = true;
    ComparisonStages comparison = new ComparisonStages(this::stage, out, task());
    comparison.found(found.model(), "train");
    comparison.largest(inherited, "supernet");
    if (given.get(RunSettings.COMPARE_BASE)) {
      comparison.base(none);
    }
  }

  /** Measures an answer of the search, trains it and translates with it. */
  private void answer(Answer answer) {
    Path inherited = out.resolve("supernet").resolve(Checkpoint.BEST);
    List<Path> architecture = List.of(answer.architecture());
    stage(
        answer.stage("measure"),
        "measure " + answer.words(),
        new MeasureCommand(),
        architecture,
        Map.of(MeasureSettings.CHECK_CONSTRAINT, true),
        List.of(answer.after()));
    for (String subset : List.of("valid", "test")) {
      generate(answer, "inherited", inherited, architecture, subset, answer.after());
    }
    stage(
        answer.stage("train"),
        "train " + answer.words(),
        new TrainSubTransformerCommand(),
        architecture,
        Map.of(
            FileSettings.SAVE_DIR, answer.subtransformer(), FileSettings.RESTORE_FILE, inherited),
        List.of(answer.after()),
        answer.subtransformer());
    for (String subset : List.of("valid", "test")) {
      generate(answer, "final", answer.model(), List.of(), subset, answer.stage("train"));
    }
  }

  /** All settings of the task with the run's options. */
  private Settings task() {
    return AllSettings.load(files, options);
  }

  private void generate(
      Answer answer, String weights, Path model, List<Path> files, String subset, String after) {
    String name = weights + "_" + subset;
    stage(
        answer.stage(name),
        "translate " + subset + " (" + weights + " weights)",
        new GenerateCommand(),
        files,
        Map.of(
            FileSettings.PATH,
            model,
            DataSettings.SUBSET,
            subset,
            DecodingSettings.REMOVE_BPE,
            true,
            DecodingSettings.RESULTS_PATH,
            answer.translations().resolve(name)),
        List.of(after));
  }

  /** The task's micro-batches per update are those of all processes, however many there are. */
  private static void share(List<Path> files, Map<String, String> options) {
    Settings settings = AllSettings.load(files, options);
    if (!settings.has(TrainingSettings.UPDATE_FREQ_TOTAL)) {
      int all = settings.get(TrainingSettings.UPDATE_FREQ);
      options.put(TrainingSettings.UPDATE_FREQ_TOTAL.key(), Integer.toString(all));
    }
  }

  /** The wider space for latency data, where the task has one. */
  private List<Path> latencySpace() {
    return TaskFile.of(given).latencySpace().stream().toList();
  }

  private void stage(
      String name,
      String title,
      Command<?> command,
      List<Path> moreFiles,
      Map<Setting<?>, Object> own,
      List<String> after,
      Path... outputs) {
    Map<String, String> all = new LinkedHashMap<>();
    if (name.equals("data")) {
      all.put(DataSettings.DATA.key(), data.toString());
    }
    Set<String> read = command.settings().stream().map(Setting::key).collect(Collectors.toSet());
    options.forEach(
        (key, value) -> {
          if (read.contains(key)) {
            all.put(key, value);
          }
        });
    // Sorted, so that the same run always prints the same script.
    own.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().key()))
        .forEach(entry -> all.put(entry.getKey().key(), entry.getValue().toString()));
    List<Path> stageFiles = new ArrayList<>(files);
    stageFiles.addAll(moreFiles);
    if (command instanceof TrainingCommand && all.containsKey(MachineSettings.NUM_GPUS.key())) {
      // Without the found architecture, which the search has yet to write.
      share(files, all);
    }
    stages.add(
        new Stage(name, title, command, stageFiles, all, List.of(outputs), after, comparing));
  }
}
