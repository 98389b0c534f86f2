package mos.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.command.Command;
import mos.command.GenerateCommand;
import mos.command.MeasureTranslationCommand;
import mos.command.TrainSubTransformerCommand;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.FileSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformerFile;
import mos.train.Checkpoint;

/**
 * The stages that tell how the found SubTransformer stands beside the largest of the space and
 * beside a Transformer base. Each model translates the test set, whole and some sentences one at a
 * time.
 *
 * @param plan takes the stages
 * @param out the run's folder
 * @param task all settings of the task with the run's options
 */
record ComparisonStages(Adding plan, Path out, Settings task) {
  /** Adds a stage to a plan. */
  @FunctionalInterface
  interface Adding {
    /** Adds it, with the fields of a {@link Stage}; {@code own} are options that the plan gives. */
    void stage(
        String name,
        String title,
        Command<?> command,
        List<Path> moreFiles,
        Map<Setting<?>, Object> own,
        List<String> after,
        Path... outputs);
  }

  /** Of the found one, which is translated with anyway, only the latency and memory. */
  void found(Path model, String after) {
    measure("found", model, Map.of(), after);
  }

  /** The largest SubTransformer with inherited weights. */
  void largest(Path supernet, String after) {
    Map<Setting<?>, Object> largest =
        new LinkedHashMap<>(SubTransformerFile.options(SearchSpaceSettings.space(task).largest()));
    translate("largest", "with the largest SubTransformer", supernet, largest, after);
    measure("largest", supernet, largest, after);
  }

  /** A Transformer base, trained as the found one is. */
  void base(List<String> after) {
    Path folder = out.resolve("base");
    Map<Setting<?>, Object> own = new LinkedHashMap<>(TransformerBase.training(task));
    own.put(FileSettings.SAVE_DIR, folder);
    String training = StageResults.Key.BASE_TRAIN.name();
    plan.stage(
        training,
        "train a Transformer base",
        new TrainSubTransformerCommand(),
        List.of(),
        own,
        after,
        folder);
    Path model = folder.resolve(Checkpoint.BEST);
    translate("base", "with the Transformer base", model, Map.of(), training);
    measure("base", model, Map.of(), training);
  }

  private void translate(
      String name, String with, Path model, Map<Setting<?>, Object> architecture, String after) {
    String stage = StageResults.Key.translations(name, "test").name();
    Map<Setting<?>, Object> own = ofTestSet(model, architecture);
    own.put(DecodingSettings.REMOVE_BPE, true);
    own.put(DecodingSettings.RESULTS_PATH, out.resolve("translations").resolve(stage));
    plan.stage(
        stage, "translate test " + with, new GenerateCommand(), List.of(), own, List.of(after));
  }

  private void measure(
      String name, Path model, Map<Setting<?>, Object> architecture, String after) {
    plan.stage(
        StageResults.Key.speed(name).name(),
        "measure how the "
            + (name.equals("base") ? "Transformer base" : name + " one")
            + " translates",
        new MeasureTranslationCommand(),
        List.of(),
        ofTestSet(model, architecture),
        List.of(after));
  }

  private static Map<Setting<?>, Object> ofTestSet(
      Path model, Map<Setting<?>, Object> architecture) {
    Map<Setting<?>, Object> own = new LinkedHashMap<>(architecture);
    own.put(FileSettings.PATH, model);
    own.put(DataSettings.SUBSET, "test");
    return own;
  }
}
