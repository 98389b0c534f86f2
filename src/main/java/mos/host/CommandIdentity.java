package mos.host;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import mos.base.CommandWords;
import mos.base.Sha256;

/**
 * What a command is, whatever it is called by: a word that names a file is that file's name and the
 * first digits of its SHA-256, any other is itself.
 */
public final class CommandIdentity {
  private static final int DIGITS = 16;
  private static final String HASH = "#";

  private CommandIdentity() {}

  /** The identity of a command line. */
  public static String of(String command) {
    return of(CommandWords.split(command));
  }

  /** The identity of a command's words. */
  public static String of(List<String> words) {
    return CommandWords.join(words.stream().map(CommandIdentity::named).toList());
  }

  private static String named(String word) {
    Path file;
    try {
      file = Path.of(word);
    } catch (InvalidPathException e) {
      return word;
    }
    return Files.isRegularFile(file)
        ? file.getFileName() + HASH + Sha256.of(file).substring(0, DIGITS)
        : word;
  }

  /**
   * Whether two of {@link #of} may be one: files without a hash, as earlier versions saved them,
   * are compared by name.
   */
  public static boolean same(String one, String other) {
    List<String> a = CommandWords.split(one);
    List<String> b = CommandWords.split(other);
    return a.size() == b.size()
        && IntStream.range(0, a.size()).allMatch(i -> sameWord(a.get(i), b.get(i)));
  }

  private static boolean sameWord(String one, String other) {
    return one.equals(other)
        || one.contains(HASH) != other.contains(HASH) && fileName(one).equals(fileName(other));
  }

  private static String fileName(String word) {
    String name = word.substring(word.lastIndexOf('/') + 1);
    return name.contains(HASH) ? name.substring(0, name.lastIndexOf(HASH)) : name;
  }
}
