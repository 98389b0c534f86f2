package mos.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard output that remembers why a write failed, which Java's own does not tell. It and
 * standard error are UTF-8 whatever the locale, as files are.
 */
final class StandardOutput extends FilterOutputStream {
  /** What is said when something was lost. */
  static final String LOST = "cannot write standard output: closed or full";

  private static final int BUFFER = 8192;

  private static volatile boolean readerLeft;

  private StandardOutput(OutputStream out) {
    super(out);
  }

  /** Puts it in the place of {@link System#out}. */
  static void install() {
    System.setOut(stream(new StandardOutput(new FileOutputStream(FileDescriptor.out))));
    System.setErr(stream(new FileOutputStream(FileDescriptor.err)));
  }

  private static PrintStream stream(OutputStream out) {
    return new PrintStream(new BufferedOutputStream(out, BUFFER), true, StandardCharsets.UTF_8);
  }

  /**
   * Whether the program that read the output through a pipe has ended, as {@code head} does when it
   * has its lines.
   */
  static boolean readerLeft() {
    return readerLeft;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      readerLeft = isPipe() || String.valueOf(e.getMessage()).contains("roken pipe");
      throw e;
    }
  }

  /** Nothing but a reader that is gone makes a pipe fail; the message may be in any language. */
  private static boolean isPipe() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().startsWith("pipe:");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
