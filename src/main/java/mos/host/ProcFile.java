package mos.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A text file in which Linux tells of itself; empty where it is not there or not shown to us. */
record ProcFile(List<String> lines) {
  ProcFile {
    lines = List.copyOf(lines);
  }

  /** Reads a file of /proc. */
  static ProcFile read(String name) {
    try {
      return new ProcFile(
          Arrays.asList(Files.readString(Path.of("/proc").resolve(name)).split("\n", -1)));
    } catch (IOException e) {
      return new ProcFile(List.of());
    }
  }

  /** What stands after the colon in every line with such a key. */
  Stream<String> values(String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key) && line.indexOf(':') >= 0)
        .map(line -> line.substring(line.indexOf(':') + 1).strip());
  }

  /** That of the first such line, empty if there is none. */
  String value(String key) {
    return values(key).findFirst().orElse("");
  }

  /** The digits of {@link #value} as a number, 0 where there are none. */
  long number(String key) {
    String digits = value(key).replaceAll("[^0-9]", "");
    return digits.isEmpty() || digits.length() > 15 ? 0 : Long.parseLong(digits);
  }

  /** Of /proc/cpuinfo: logical processors of a core; 1 where it does not say. */
  int threadsOfCore() {
    long cores = number("cpu cores");
    long siblings = number("siblings");
    return cores > 0 && siblings > cores ? (int) (siblings / cores) : 1;
  }
}
