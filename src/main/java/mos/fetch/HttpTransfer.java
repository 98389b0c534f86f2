package mos.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.MosException;

/**
 * One try to bring the rest of a file over HTTP.
 *
 * <p>Source: RFC 9110, sections 13.1.5 (If-Range), 14 (range requests), 10.2.3 (Retry-After).
 */
final class HttpTransfer {
  private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18}|\\*)");
  private static final Pattern UNSATISFIED = Pattern.compile("bytes \\*/([0-9]{1,18})");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

  private final HttpClient client;
  private final URI source;
  private final Duration timeout;

  /** A failure that may be gone at the next try. */
  static final class Temporary extends IOException {
    private final long retryAfterMs;

    Temporary(String message, long retryAfterMs) {
      super(message);
      this.retryAfterMs = retryAfterMs;
    }

    /** What the server asked for; 0 for nothing. */
    long retryAfterMs() {
      return retryAfterMs;
    }
  }

  HttpTransfer(URI source, Duration timeout) {
    this.source = source;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  /**
   * Asks for the bytes after those in {@code part}, and for all when the remote file has changed.
   *
   * @throws IOException for what another try may mend
   * @throws MosException for what it will not
   */
  void transfer(PartFile part, Expected expected, DownloadProgress progress)
      throws IOException, InterruptedException {
    String validator = part.validatorFor(source.toString());
    HttpRequest.Builder request = HttpRequest.newBuilder(source).timeout(timeout).GET();
    request.header("User-Agent", "mos (Java " + Runtime.version().feature() + ")");
    if (!validator.isEmpty()) {
      request.header("Range", "bytes=" + part.size() + "-").header("If-Range", validator);
    }
    HttpResponse<InputStream> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = new StallGuard(response.body(), timeout)) {
      if (response.statusCode() == 416 && alreadyWhole(response, part)) {
        return;
      }
      long total = begin(response, part);
      checkSize(total, part, expected);
      progress.begin(total, part.size());
      Download.copy(body, part, expected, progress);
      if (total >= 0 && part.size() != total) {
        throw new IOException("ended after " + part.size() + " of " + total + " bytes");
      }
    }
  }

  /** Prepares {@code part} for the body; returns the file's size, or -1 if the server hides it. */
  private long begin(HttpResponse<InputStream> response, PartFile part) throws IOException {
    switch (response.statusCode()) {
      case 200 -> {
        part.restart(new PartFile.Origin(source.toString(), validator(response)));
        return response.headers().firstValueAsLong("Content-Length").orElse(-1);
      }
      case 206 -> {
        String range = response.headers().firstValue("Content-Range").orElse("");
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != part.size()) {
          String asked = "bytes from " + part.size();
          part.restart(new PartFile.Origin(source.toString(), ""));
          throw new Temporary("asked for " + asked + ", got the range '" + range + "'", 0);
        }
        return matcher.group(2).equals("*") ? -1 : Long.parseLong(matcher.group(2));
      }
      default -> throw failure(response, part);
    }
  }

  private IOException failure(HttpResponse<InputStream> response, PartFile part) {
    int status = response.statusCode();
    if (status == 416) {
      part.restart(new PartFile.Origin(source.toString(), ""));
      return new Temporary("the remote file has changed its size", 0);
    }
    if (TEMPORARY.contains(status)) {
      String after = response.headers().firstValue("Retry-After").orElse("");
      long asked = SECONDS.matcher(after).matches() ? Long.parseLong(after) * 1000 : 0;
      return new Temporary("the server answers " + status, asked);
    }
    throw new MosException(source + ": the server answers " + status + " " + words(status));
  }

  private static String words(int status) {
    return switch (status) {
      case 401, 403 -> "(not allowed)";
      case 404, 410 -> "(no such file); give another address with --url";
      case 301, 302, 303, 307, 308 -> "(too many redirections, or from https to http)";
      default -> "";
    };
  }

  private static boolean alreadyWhole(HttpResponse<InputStream> response, PartFile part) {
    String range = response.headers().firstValue("Content-Range").orElse("");
    Matcher matcher = UNSATISFIED.matcher(range);
    return matcher.matches() && Long.parseLong(matcher.group(1)) == part.size();
  }

  /** If-Range takes a strong ETag or a date. */
  private static String validator(HttpResponse<InputStream> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> tag.startsWith("\""))
        .or(() -> response.headers().firstValue("Last-Modified"))
        .orElse("");
  }

  private void checkSize(long total, PartFile part, Expected expected) {
    if (total >= 0 && expected.size() >= 0 && total != expected.size()) {
      throw new MosException(
          source + ": size: got " + total + " bytes, need " + expected.size() + " bytes");
    }
    long rest = Math.max(total, expected.size()) - part.size();
    if (rest > part.room()) {
      throw new MosException(
          source + ": " + rest + " more bytes to fetch, the disk has room for " + part.room());
    }
  }
}
