package mos.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.StopSignal;

/**
 * Brings one file from an http, https or file address: under a temporary name, continued where an
 * earlier call or try was cut off, retried with growing pauses, checked, then moved into place.
 */
public final class Download {
  /** Progress after which earlier failures are forgotten, so that large files may fail often. */
  private static final long NOTABLE_BYTES = 1 << 20;

  private static final long STOP_CHECK_MS = 500;

  private final URI source;
  private final Path target;
  private final Expected expected;
  private final RetryPolicy policy;

  private Download(URI source, Path target, Expected expected, RetryPolicy policy) {
    this.source = source;
    this.target = target;
    this.expected = expected;
    this.policy = policy;
  }

  /**
   * Reads an address.
   *
   * @throws ConfigurationException for anything but an http, https or file address
   */
  public static URI address(String text) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw new ConfigurationException("url: got " + text + ", must be an address", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme();
    boolean http = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!(http && uri.getHost() != null) && !(scheme.equalsIgnoreCase("file"))) {
      throw new ConfigurationException(
          "url: got " + text + ", must begin with https://, http:// or file:///");
    }
    return uri;
  }

  /**
   * Fetches {@code source} to {@code target}, replacing it.
   *
   * @throws MosException when the source is not there, does not match or cannot be had in the
   *     allowed tries; what came is kept for the next call unless it does not match
   */
  public static void fetch(URI source, Path target, Expected expected, RetryPolicy policy) {
    new Download(source, target, expected, policy).run();
  }

  private void run() {
    String stopped =
        "the download of " + target + "; what came is kept, the same command continues";
    try (StopSignal.Saving place = StopSignal.at(stopped);
        PartFile part = PartFile.open(target);
        DownloadProgress progress = new DownloadProgress("download " + target.getFileName())) {
      if (source.getScheme().equalsIgnoreCase("file")) {
        copyFile(part, progress);
      } else {
        transfer(part, progress);
      }
      part.finish(expected);
    }
  }

  private void transfer(PartFile part, DownloadProgress progress) {
    HttpTransfer transfer = new HttpTransfer(source, policy.timeout());
    int failures = 0;
    long best = part.size();
    while (true) {
      try {
        transfer.transfer(part, expected, progress);
        return;
      } catch (IOException e) {
        failures = part.size() > best + NOTABLE_BYTES ? 1 : failures + 1;
        best = Math.max(best, part.size());
        if (failures >= policy.tries()) {
          throw new MosException(
              source + ": " + words(e) + ", after " + failures + " tries; run again to continue",
              e);
        }
        long asked = e instanceof HttpTransfer.Temporary temporary ? temporary.retryAfterMs() : 0;
        long delay = policy.delayMs(failures, asked);
        progress.note("download: " + words(e) + "; trying again in " + delay + " ms");
        pause(delay);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private void pause(long delayMs) {
    try {
      for (long left = delayMs; left > 0; left -= STOP_CHECK_MS) {
        checkStop();
        Thread.sleep(Math.min(left, STOP_CHECK_MS));
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private MosException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new MosException(source + ": interrupted; run again to continue", e);
  }

  private static String words(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private void copyFile(PartFile part, DownloadProgress progress) {
    Path file;
    try {
      file = Path.of(source);
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new ConfigurationException("url: got " + source + ", must be like file:///a/b.tgz", e);
    }
    part.restart(new PartFile.Origin(source.toString(), ""));
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (expected.size() >= 0 && size != expected.size()) {
        throw new MosException(
            source + ": size: got " + size + " bytes, need " + expected.size() + " bytes");
      }
      progress.begin(size, 0);
      copy(in, part, expected, progress);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  /** Leaves when the process was told to end; what came stays for the next call. */
  static void checkStop() {
    if (StopSignal.requested()) {
      throw new MosException("stopped; run again to continue");
    }
  }

  /** Appends a stream; stops at once when it is longer than expected. */
  static void copy(InputStream in, PartFile part, Expected expected, DownloadProgress progress)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long size = part.size();
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      size += read;
      if (expected.size() >= 0 && size > expected.size()) {
        throw new MosException(
            "got more than the " + expected.size() + " bytes that were expected");
      }
      part.append(buffer, read);
      progress.at(size);
      checkStop();
    }
  }
}
