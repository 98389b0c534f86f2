package mos.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Folders;
import mos.base.MosException;

/**
 * Parallel text without sets of its own to validate and test on: pairs at equal distances are held
 * out, and what shares a sentence with them leaves the training text. The same text gives the same
 * parts.
 *
 * @param folder with train, valid and test of both languages
 * @param pairs of the whole text
 * @param valid pairs held out to validate on, 0 where there is a set already
 * @param test likewise to test on
 * @param repeated further pairs left out of the training text, since a held-out pair has their
 *     source or their target
 */
public record HeldOutText(Path folder, long pairs, int valid, int test, long repeated) {
  /** Most pairs that are held out for each set. */
  private static final int MOST = 2000;

  /** One pair of so many is held out for each set, at most. */
  private static final int SHARE = 20;

  /** Prefix of a part's text. */
  public Path prefix(String part) {
    return folder.resolve(part);
  }

  /**
   * Divides a text.
   *
   * @param prefix of both files
   * @param parts that are wanted: valid, test or both
   * @param folder for the parts; made
   * @throws ConfigurationException when the text is too short
   */
  public static HeldOutText of(
      Path prefix, ParallelCorpus.LanguagePair languages, List<String> parts, Path folder) {
    Path source = ParallelText.file(prefix, languages.source());
    Path target = ParallelText.file(prefix, languages.target());
    long[] all = {0};
    read(source, target, (row, one, other) -> all[0]++);
    long each = Math.min(MOST, all[0] / SHARE);
    if (each < 1) {
      throw new ConfigurationException(
          source + ": got " + all[0] + " lines, need " + SHARE + " to hold some of them out");
    }
    long step = all[0] / (each * parts.size());
    List<List<String[]>> held = new ArrayList<>();
    parts.forEach(part -> held.add(new ArrayList<>()));
    Set<String> sources = new HashSet<>();
    Set<String> targets = new HashSet<>();
    long[] due = {0};
    read(
        source,
        target,
        (row, one, other) -> {
          boolean blank = one.isBlank() || other.isBlank();
          if (row < due[0] * step || due[0] >= each * parts.size() || blank) {
            return;
          }
          // A sentence is in one set only.
          if (!sources.contains(one) && !targets.contains(other)) {
            held.get((int) (due[0] % parts.size())).add(new String[] {one, other});
            sources.add(one);
            targets.add(other);
            due[0]++;
          }
        });
    try {
      Folders.create(folder);
    } catch (IOException e) {
      throw new MosException("cannot make " + folder + ": " + AtomicFile.describe(e), e);
    }
    for (int i = 0; i < parts.size(); i++) {
      List<String[]> rows = held.get(i);
      if (rows.isEmpty()) {
        throw new ConfigurationException(source + ": too few different lines to hold some out");
      }
      Path one = folder.resolve(parts.get(i));
      write(one, languages.source(), rows.stream().map(row -> row[0]).toList());
      write(one, languages.target(), rows.stream().map(row -> row[1]).toList());
    }
    long[] kept = {0};
    for (boolean first : new boolean[] {true, false}) {
      String language = first ? languages.source() : languages.target();
      kept[0] = 0;
      AtomicFile.write(
          folder.resolve("train." + language),
          out ->
              read(
                  source,
                  target,
                  (row, one, other) -> {
                    if (!sources.contains(one) && !targets.contains(other)) {
                      kept[0]++;
                      out.write(((first ? one : other) + "\n").getBytes(StandardCharsets.UTF_8));
                    }
                  }));
    }
    int valid = size(parts, held, "valid");
    int test = size(parts, held, "test");
    return new HeldOutText(folder, all[0], valid, test, all[0] - kept[0] - valid - test);
  }

  private static int size(List<String> parts, List<List<String[]>> held, String part) {
    return parts.contains(part) ? held.get(parts.indexOf(part)).size() : 0;
  }

  private static void write(Path prefix, String language, List<String> lines) {
    AtomicFile.writeString(
        prefix.resolveSibling(prefix.getFileName() + "." + language),
        String.join("\n", lines) + "\n");
  }

  /** Takes a pair. */
  @FunctionalInterface
  private interface Pairs {
    void take(long row, String source, String target) throws IOException;
  }

  private static void read(Path source, Path target, Pairs pairs) {
    long row = 0;
    try (ParallelText text = new ParallelText(source, target)) {
      for (ParallelText.Piece piece = text.next(); piece != null; piece = text.next()) {
        for (int i = 0; i < piece.size(); i++) {
          pairs.take(row++, piece.sourceLine(i), piece.targetLine(i));
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot divide " + source + ": " + AtomicFile.describe(e), e);
    }
  }
}
