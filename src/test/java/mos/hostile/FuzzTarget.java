package mos.hostile;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mos.base.MosException;

/**
 * The formats of {@link HostileInputTest} for a coverage-guided fuzzer, Jazzer, which needs no more
 * than this method's name. How to run it: docs/reliability.md. The system property {@value #FORMAT}
 * names the format; {@link #main} writes its valid files as the fuzzer's first inputs.
 */
public final class FuzzTarget {
  static final String FORMAT = "mos.fuzz.format";

  private static Format format;
  private static Path folder;

  private FuzzTarget() {}

  private static Format format(Path valid) throws IOException {
    String name = System.getProperty(FORMAT, "YAML");
    return Stream.of(TextFormats.all(valid), BinaryFormats.all(valid), PickleFormats.all())
        .flatMap(List::stream)
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no format named " + name));
  }

  /** Called once by Jazzer. */
  public static void fuzzerInitialize() throws Exception {
    folder = Files.createTempDirectory("fuzz");
    format = format(Files.createDirectory(folder.resolve("valid")));
    format.prepare(folder);
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  /** Called by Jazzer with every input; any other exception than ours is a finding. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Path file = folder.resolve(format.fileName());
    Files.write(file, format.packed(input));
    try {
      format.reader().read(file, folder);
    } catch (MosException refused) {
      return;
    }
  }

  /** Writes the format's valid files to a folder. */
  public static void main(String[] arguments) throws Exception {
    Path seeds = Files.createDirectories(Path.of(arguments[0]));
    List<byte[]> files = format(Files.createTempDirectory("valid")).files();
    for (int i = 0; i < files.size(); i++) {
      Files.write(seeds.resolve("valid" + i), files.get(i));
    }
  }
}
