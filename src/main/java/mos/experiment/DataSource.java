package mos.experiment;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a folder of binarised parallel text is, and which of its languages are wanted.
 *
 * @param folder as {@code preprocess} or fairseq makes it
 * @param where who named it, for messages
 * @param source the source language; empty: that of the folder
 * @param target the target language; empty: that of the folder
 */
public record DataSource(
    Path folder, String where, Optional<Asked> source, Optional<Asked> target) {

  /**
   * A language that is asked for.
   *
   * @param code for example en
   * @param where who asked, for messages
   */
  public record Asked(String code, String where) {}

  /** A folder with the languages that it has. */
  public static DataSource of(Path folder) {
    return new DataSource(folder, "given", Optional.empty(), Optional.empty());
  }
}
