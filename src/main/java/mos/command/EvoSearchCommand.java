package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.PredictorSettings;
import mos.command.settings.SearchSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.BegunWith;
import mos.experiment.Limits;
import mos.experiment.Search;
import mos.experiment.SearchOutput;
import mos.results.BaselineFigures;
import mos.results.ConstraintResult;
import mos.results.SearchFigures;
import mos.space.SearchSpaceSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the best SubTransformer under a constraint, or the whole front, by evolution. */
public final class EvoSearchCommand implements Command<SearchFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(EvoSearchCommand.class);

  @Override
  public String name() {
    return "evo-search";
  }

  @Override
  public String description() {
    return "The best has the lowest validation loss (or highest BLEU) under a latency, FLOPs or"
        + " parameter constraint; with --front all the best compromises are found. What is returned"
        + " has been measured again; exit code 1 if it misses the constraint now. The same"
        + " command continues an interrupted search.";
  }

  @Override
  public String example() {
    return "evo-search --configs configs/tasks/sample.yml --data data --restore-file"
        + " supernet/checkpoint_best.safetensors --latency-constraint 30"
        + " --write-config-path search/architecture.yml";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(EvolutionSettings.settings());
    settings.addAll(LatencySourceSettings.settings());
    settings.addAll(ConstraintSettings.settings());
    settings.addAll(SearchSettings.ofScoring());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            PredictorSettings.PATH,
            PredictorSettings.ACCEPT_OTHER_HARDWARE,
            SearchSettings.LATENCY_COMPUTE,
            FileSettings.RESTORE_FILE,
            SearchSettings.WRITE_CONFIG_PATH,
            SearchSettings.SEARCH_CACHE,
            SearchSettings.FRONT,
            SearchSettings.FRONT_PARAMS,
            SearchSettings.BASELINES,
            MachineSettings.SEED,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT,
            MachineSettings.ELASTIC));
    return settings;
  }

  @Override
  public List<Path> products(Settings settings) {
    return SearchOutput.files(settings.get(SearchSettings.WRITE_CONFIG_PATH));
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of(settings.get(DataSettings.VALID_SUBSET));
  }

  @Override
  public Search configuration(Settings settings) {
    return search(settings, BegunWith.ANYTHING);
  }

  @Override
  public void check(Settings settings) {
    configuration(settings);
    Limits limits = ConstraintSettings.limits(settings);
    if (!limits.timed() && settings.overrides().containsKey(ConstraintSettings.LATENCY.key())) {
      LOG.warn(
          "latency-constraint is not applied beside the other constraint; --also-latency 1 applies"
              + " both");
    }
  }

  @Override
  public Search experiment(Settings settings) {
    return search(settings, begun(settings));
  }

  @Override
  public Set<Setting<?>> comparedByContent() {
    return Set.of(FileSettings.RESTORE_FILE);
  }

  /** What a saved search must have been begun with. */
  private BegunWith begun(Settings settings) {
    Map<String, Object> decisive = new TreeMap<>(Identity.ofCommand().of(this, settings));
    // Compared with, which may come later.
    decisive.remove(SearchSettings.BASELINES.key());
    return Identity.begun(this, settings, decisive);
  }

  private static Search search(Settings settings, BegunWith begun) {
    Path supernet = FileSettings.supernet(settings, FileSettings.RESTORE_FILE);
    Path target = FileSettings.required(settings, SearchSettings.WRITE_CONFIG_PATH);
    return new Search(
        supernet,
        DataSettings.source(settings),
        settings.get(DataSettings.VALID_SUBSET),
        SearchSpaceSettings.space(settings),
        SearchSettings.goal(settings),
        SearchSettings.scoring(settings),
        LatencySourceSettings.of(settings),
        SearchSettings.candidates(settings),
        EvolutionSettings.of(settings, settings.get(MachineSettings.SEED)),
        SearchSettings.baselines(settings),
        new Search.Output(
            target,
            settings
                .find(SearchSettings.SEARCH_CACHE)
                .orElse(target.resolveSibling("cache.jsonl"))),
        MachineSettings.compute(settings),
        begun);
  }

  @Override
  public Class<SearchFigures> result() {
    return SearchFigures.class;
  }

  @Override
  public boolean succeeded(SearchFigures figures) {
    // A front is a result without a choice from it too.
    return figures.front() != null && figures.architecture() == null || figures.constraints().met();
  }

  @Override
  public String describe(SearchFigures figures) {
    StringBuilder text = new StringBuilder();
    if (figures.architecture() != null) {
      text.append(
          String.format(
              Locale.ROOT,
              "loss %.4f, %d candidates: %s",
              figures.chosen().loss(),
              figures.evaluated(),
              figures.chosen().writeConfigPath()));
      text.append(System.lineSeparator()).append(figures.constraints().describe());
    } else {
      text.append(
          String.format(
              Locale.ROOT,
              "none of %d candidates meets the constraint of %s %s",
              figures.evaluated(),
              ConstraintResult.number(figures.constraint()),
              figures.constraintUnit()));
    }
    if (figures.front() != null && !figures.front().isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT, "%nfront: %d points, front.csv beside it", figures.front().size()));
    }
    figures.baselines().forEach((name, one) -> text.append(baseline(name, one, figures)));
    return text.toString();
  }

  private static String baseline(String name, BaselineFigures baseline, SearchFigures figures) {
    return baseline.none() != null
        ? String.format(Locale.ROOT, "%n%s: %s", name, baseline.none())
        : String.format(
            Locale.ROOT,
            "%n%s: loss %.4f, %s %s",
            name,
            baseline.loss(),
            ConstraintResult.number(baseline.cost()),
            figures.constraintUnit());
  }
}
