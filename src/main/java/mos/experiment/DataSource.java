package mos.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where binarised parallel text is, and which of its languages are wanted.
 *
 * @param folders as {@code preprocess} or fairseq makes them; all but training is read from the
 *     first
 * @param where who named it, for messages
 * @param source the source language; empty: that of the folder
 * @param target the target language; empty: that of the folder
 */
public record DataSource(
    TrainingFolders folders, String where, Optional<Asked> source, Optional<Asked> target) {

  /**
   * A language that is asked for.
   *
   * @param code for example en
   * @param where who asked, for messages
   */
  public record Asked(String code, String where) {}

  /** A folder with the languages that it has. */
  public static DataSource of(Path folder) {
    return of(folder, "given", Optional.empty(), Optional.empty());
  }

  /** One folder, the languages of which are asked for. */
  public static DataSource of(
      Path folder, String where, Optional<Asked> source, Optional<Asked> target) {
    return new DataSource(new TrainingFolders(List.of(List.of(folder))), where, source, target);
  }

  /** The first of the folders. */
  public Path folder() {
    return folders.first();
  }
}
