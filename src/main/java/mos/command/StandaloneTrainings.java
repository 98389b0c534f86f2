package mos.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;
import mos.command.settings.AllSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Settings;
import mos.experiment.Scorer;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.train.Checkpoint;

/**
 * Trainings of single SubTransformers from scratch, to compare with what they inherit: each in a
 * numbered folder of its own, from which an interrupted one continues.
 */
record StandaloneTrainings(Settings settings, Path folder, Scorer scorer, Compute machine) {

  /** Trains, or goes on to train, and scores the best checkpoint. */
  double score(int number, SubTransformer architecture) {
    Path training = training(number);
    Path yaml = training.resolve("architecture.yml");
    SubTransformerFile.write(yaml, architecture, List.of("being trained by evaluate-supernet"));
    List<Path> files = new ArrayList<>(settings.files());
    files.add(yaml);
    Map<String, String> options = new LinkedHashMap<>(settings.overrides());
    options.put(FileSettings.SAVE_DIR.key(), training.toString());
    options.put(TrainingSettings.INIT.key(), "scratch");
    TrainTask.alone(AllSettings.load(files, options), machine);
    try (Checkpoint checkpoint = Checkpoint.open(training.resolve(Checkpoint.BEST));
        SuperTransformer alone = checkpoint.model(machine.device(), false)) {
      return scorer.score(alone, architecture);
    }
  }

  private Path training(int number) {
    return folder.resolve(String.format(Locale.ROOT, "training-%03d", number));
  }

  /** Deletes a training whose score is kept. */
  void delete(int number) {
    Path training = training(number);
    try {
      Folders.delete(training);
    } catch (IOException e) {
      throw new MosException("cannot delete " + training + ": " + AtomicFile.describe(e), e);
    }
  }
}
