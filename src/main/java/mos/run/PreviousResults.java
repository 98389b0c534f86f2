package mos.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Predicate;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;
import mos.results.ResultJson;
import mos.results.StageRecord;

/**
 * Results of a run's stages with other settings than now, a folder each. They come back with the
 * settings, so that a setting tried, or mistyped, costs nothing.
 *
 * @param folder of them all
 */
record PreviousResults(Path folder) {
  private static final String RECORD = "stage.json";

  private Path of(Stage stage, String fingerprint) {
    return folder.resolve(
        stage.name()
            + "-"
            + (fingerprint.matches("[0-9a-f]{64}") ? fingerprint.substring(0, 8) : "unknown"));
  }

  /** The folder of a stage's results whose record passes, null where there is none. */
  private Path find(Stage stage, Predicate<StageRecord> wanted) {
    if (!Files.isDirectory(folder)) {
      return null;
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(kept -> kept.getFileName().toString().startsWith(stage.name() + "-"))
          .filter(kept -> Files.exists(kept.resolve(RECORD)))
          .sorted()
          .filter(kept -> wanted.test(ResultJson.read(kept.resolve(RECORD), StageRecord.class)))
          .findFirst()
          .orElse(null);
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  /**
   * Moves a stage's results and its record here, the record last: killed meanwhile, it is done
   * again.
   *
   * @return where they are
   */
  Path add(Stage stage, String fingerprint, Path record) {
    Path kept = of(stage, fingerprint);
    try {
      Folders.create(kept);
      for (Path output : stage.outputs()) {
        if (Files.exists(output)) {
          Path here = kept.resolve(output.getFileName());
          Folders.delete(here);
          Files.move(output, here);
        }
      }
      Files.move(record, kept.resolve(RECORD), StandardCopyOption.REPLACE_EXISTING);
      return kept;
    } catch (IOException e) {
      throw new MosException(
          "cannot set aside the old results of stage "
              + stage.name()
              + ": "
              + AtomicFile.describe(e),
          e);
    }
  }

  /**
   * Moves results back whose record passes, the record last.
   *
   * @return false where there are none, or others in their place
   */
  boolean takeBack(Stage stage, Predicate<StageRecord> wanted, Path record) {
    Path kept = stage.outputs().isEmpty() ? null : find(stage, wanted);
    if (kept == null) {
      return false;
    }
    try {
      for (Path output : stage.outputs()) {
        Path here = kept.resolve(output.getFileName());
        if (Files.exists(here) && Files.exists(output)) {
          return false;
        }
        if (Files.exists(here)) {
          Folders.create(output.toAbsolutePath().getParent());
          Files.move(here, output);
        }
      }
      Folders.create(record.toAbsolutePath().getParent());
      Files.move(kept.resolve(RECORD), record);
      Folders.delete(kept);
      return true;
    } catch (IOException e) {
      throw new MosException(
          "cannot take back results from " + kept + ": " + AtomicFile.describe(e), e);
    }
  }
}
