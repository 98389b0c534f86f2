package mos.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.text.LineFilter;

/** Where text commands read and write: files where named, otherwise the standard streams. */
final class StandardStreams {
  private StandardStreams() {}

  /** Opens a file, or standard input for null. */
  static InputStream open(Path file) {
    if (file == null) {
      return System.in;
    }
    try {
      return new BufferedInputStream(Files.newInputStream(file));
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  /** Maps line by line from a file or standard input (null) to a file or standard output (null). */
  static void filter(Path input, Path output, UnaryOperator<String> map, int threads) {
    if (threads < 1) {
      throw new ConfigurationException(
          String.format(Locale.ROOT, "--threads: got %d, must be at least 1", threads));
    }
    try (InputStream in = open(input)) {
      if (output == null) {
        LineFilter.apply(in, System.out, map, threads);
        flush();
      } else {
        AtomicFile.write(output, out -> copy(in, out, map, threads));
      }
    } catch (IOException e) {
      throw new MosException("cannot read the input: " + AtomicFile.describe(e), e);
    }
  }

  private static void copy(InputStream in, OutputStream out, UnaryOperator<String> map, int threads)
      throws IOException {
    LineFilter.apply(in, out, map, threads);
  }

  /** Sends everything printed so far on its way, and fails if any of it was lost. */
  static void flush() {
    if (System.out.checkError()) {
      throw new MosException(StandardOutput.LOST);
    }
  }
}
