package mos.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import mos.base.ConfigurationException;
import mos.base.MosException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  private static final RetryPolicy QUICK =
      new RetryPolicy(3, Duration.ofMillis(1), Duration.ofSeconds(10));

  @TempDir Path folder;

  /** What the server does with the n-th request, from 0. */
  private interface Answer {
    void to(HttpExchange exchange, int request) throws IOException;
  }

  private final byte[] content = bytes(300_000, 1);
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch end = new CountDownLatch(1);
  private ExecutorService threads;
  private HttpServer server;
  private Path target;

  @BeforeEach
  void start() throws IOException {
    target = folder.resolve("data.tgz");
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private URI serve(Answer answer) {
    server.createContext(
        "/data.tgz",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          int request = ranges.size();
          ranges.add(String.valueOf(range));
          try (exchange) {
            answer.to(exchange, request);
          }
        });
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/data.tgz");
  }

  /** As a good server does: ranges of the version that the client knows, else all. */
  private static void send(HttpExchange exchange, byte[] content, String etag, int atMost)
      throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = 0;
    exchange.getResponseHeaders().set("ETag", etag);
    if (range != null && etag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
      from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      exchange.sendResponseHeaders(206, content.length - from);
    } else {
      exchange.sendResponseHeaders(200, content.length);
    }
    exchange.getResponseBody().write(content, from, Math.min(atMost, content.length - from));
    exchange.getResponseBody().flush();
  }

  private Expected expected() throws IOException {
    Path copy = Files.write(folder.resolve("expected"), content);
    return new Expected(content.length, PartFile.sha256(copy));
  }

  private void assertWhole() throws IOException {
    assertThat(Files.readAllBytes(target)).isEqualTo(content);
    try (var left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(n -> n.contains("part"));
    }
  }

  @Test
  void interruptedTransferIsResumedByteExact() throws IOException {
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", n < 2 ? 100_000 : 1 << 20));
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
    assertThat(ranges).hasSize(3);
    assertThat(ranges.get(0)).isEqualTo("null");
    assertThat(ranges.get(1)).startsWith("bytes=");
  }

  @Test
  void nextCallContinuesWhatTheLastOneLeft() throws IOException {
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", n < 1 ? 100_000 : 1 << 20));
    RetryPolicy once = new RetryPolicy(1, Duration.ZERO, Duration.ofSeconds(10));
    assertThatThrownBy(() -> Download.fetch(url, target, expected(), once))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("run again to continue");
    assertThat(target).doesNotExist();
    long present = Files.size(folder.resolve("data.tgz.part"));
    assertThat(present).isPositive();
    Download.fetch(url, target, expected(), once);
    assertWhole();
    assertThat(ranges.get(1)).isEqualTo("bytes=" + present + "-");
  }

  @Test
  void changedRemoteFileStartsAfresh() throws IOException {
    byte[] old = bytes(300_000, 2);
    URI url =
        serve(
            (exchange, n) ->
                send(
                    exchange,
                    n == 0 ? old : content,
                    n == 0 ? "\"old\"" : "\"new\"",
                    n == 0 ? 100_000 : 1 << 20));
    Download.fetch(url, target, Expected.NOTHING, QUICK);
    assertWhole();
    assertThat(ranges.get(1)).startsWith("bytes=");
  }

  @Test
  void bytesOfAnotherAddressAreNotContinued() throws IOException {
    Files.write(folder.resolve("data.tgz.part"), bytes(1000, 3));
    Files.writeString(
        folder.resolve("data.tgz.part.json"),
        "{\"url\":\"http://elsewhere/\",\"validator\":\"\\\"a\\\"\"}");
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", 1 << 20));
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
    assertThat(ranges).containsExactly("null");
  }

  @Test
  void serverThatIgnoresRangesSendsAll() throws IOException {
    URI url =
        serve(
            (exchange, n) -> {
              exchange.getResponseHeaders().set("ETag", "\"a\"");
              exchange.sendResponseHeaders(200, content.length);
              exchange.getResponseBody().write(content, 0, n == 0 ? 100_000 : content.length);
            });
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
    assertThat(ranges).hasSize(2);
  }

  @Test
  void withoutValidatorNothingIsContinued() throws IOException {
    URI url =
        serve(
            (exchange, n) -> {
              exchange.sendResponseHeaders(200, content.length);
              exchange.getResponseBody().write(content, 0, n == 0 ? 100_000 : content.length);
            });
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
    assertThat(ranges).containsExactly("null", "null");
  }

  @Test
  void wrongRangeInTheAnswerStartsAfresh() throws IOException {
    URI url =
        serve(
            (exchange, n) -> {
              if (n == 1) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 5-9/300000");
                exchange.sendResponseHeaders(206, 5);
                exchange.getResponseBody().write(new byte[5]);
              } else {
                send(exchange, content, "\"a\"", n == 0 ? 100_000 : 1 << 20);
              }
            });
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
    assertThat(ranges.get(2)).isEqualTo("null");
  }

  @Test
  void wholePartIsNotFetchedAgain() throws IOException {
    URI url =
        serve(
            (exchange, n) -> {
              exchange.getResponseHeaders().set("Content-Range", "bytes */" + content.length);
              exchange.sendResponseHeaders(416, -1);
            });
    Files.write(folder.resolve("data.tgz.part"), content);
    Files.writeString(
        folder.resolve("data.tgz.part.json"),
        "{\"url\":\"" + url + "\",\"validator\":\"\\\"a\\\"\"}");
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
  }

  @Test
  void wrongChecksumIsAnErrorAndLeavesNothing() throws IOException {
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", 1 << 20));
    assertThatThrownBy(() -> Download.fetch(url, target, new Expected(-1, "0".repeat(64)), QUICK))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("SHA-256: got ")
        .hasMessageContaining("need 000000");
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void wrongSizeIsAnErrorBeforeTheTransfer() {
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", 1 << 20));
    assertThatThrownBy(() -> Download.fetch(url, target, new Expected(7, ""), QUICK))
        .hasMessageContaining("size: got 300000 bytes, need 7 bytes");
    assertThat(target).doesNotExist();
    assertThat(ranges).hasSize(1);
  }

  @Test
  void endlessAnswerOfUnknownLengthIsCutOff() {
    URI url =
        serve(
            (exchange, n) -> {
              exchange.sendResponseHeaders(200, 0);
              while (end.getCount() > 0) {
                exchange.getResponseBody().write(content);
              }
            });
    assertThatThrownBy(() -> Download.fetch(url, target, new Expected(1_000_000, ""), QUICK))
        .hasMessageContaining("more than the 1000000 bytes");
  }

  @Test
  void missingFileIsNotTriedAgain() {
    URI url = serve((exchange, n) -> exchange.sendResponseHeaders(404, -1));
    assertThatThrownBy(() -> Download.fetch(url, target, Expected.NOTHING, QUICK))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("404 (no such file)");
    assertThat(ranges).hasSize(1);
  }

  @Test
  void busyServerIsAskedAgain() throws IOException {
    URI url =
        serve(
            (exchange, n) -> {
              if (n < 2) {
                exchange.sendResponseHeaders(503, -1);
              } else {
                send(exchange, content, "\"a\"", 1 << 20);
              }
            });
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
  }

  @Test
  void triesAreBounded() {
    URI url = serve((exchange, n) -> exchange.sendResponseHeaders(503, -1));
    assertThatThrownBy(() -> Download.fetch(url, target, Expected.NOTHING, QUICK))
        .hasMessageContaining("answers 503, after 3 tries");
    assertThat(ranges).hasSize(3);
  }

  @Test
  void stalledBodyEndsAtTheTimeout() {
    URI url =
        serve(
            (exchange, n) -> {
              send(exchange, content, "\"a\"", 1000);
              await();
            });
    RetryPolicy impatient = new RetryPolicy(1, Duration.ZERO, Duration.ofMillis(200));
    assertThatThrownBy(() -> Download.fetch(url, target, Expected.NOTHING, impatient))
        .hasMessageContaining("no byte in 200 ms");
  }

  @Test
  void silentServerEndsAtTheTimeout() {
    URI url = serve((exchange, n) -> await());
    RetryPolicy impatient = new RetryPolicy(1, Duration.ZERO, Duration.ofMillis(200));
    assertThatThrownBy(() -> Download.fetch(url, target, Expected.NOTHING, impatient))
        .hasMessageContaining("timed out");
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void secondDownloadOfAFileIsRefused() throws IOException {
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", 1 << 20));
    try (PartFile first = PartFile.open(target)) {
      assertThatThrownBy(() -> Download.fetch(url, target, expected(), QUICK))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("data.tgz.part: another download is writing this file");
    }
    assertThat(ranges).isEmpty();
    Download.fetch(url, target, expected(), QUICK);
    assertWhole();
  }

  @Test
  void redirectionsAreFollowed() throws IOException {
    URI url = serve((exchange, n) -> send(exchange, content, "\"a\"", 1 << 20));
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/data.tgz");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    Download.fetch(url.resolve("/moved"), target, expected(), QUICK);
    assertWhole();
  }

  @Test
  void unreachableServerIsAnError() {
    server.stop(0);
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/data.tgz");
    assertThatThrownBy(() -> Download.fetch(url, target, Expected.NOTHING, QUICK))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("after 3 tries");
  }

  @Test
  void fileAddressIsCopiedAndChecked() throws IOException {
    Path source = Files.write(folder.resolve("source"), content);
    Download.fetch(source.toUri(), target, expected(), QUICK);
    assertWhole();
    assertThatThrownBy(
            () -> Download.fetch(source.toUri(), target, new Expected(-1, "1".repeat(64)), QUICK))
        .hasMessageContaining("SHA-256");
    assertThat(Arrays.equals(Files.readAllBytes(target), content)).isTrue();
    assertThatThrownBy(
            () -> Download.fetch(folder.resolve("none").toUri(), target, Expected.NOTHING, QUICK))
        .hasMessageContaining("no such file");
  }

  @Test
  void otherAddressesAreRefused() {
    for (String text : List.of("ftp://a/b", "data.tgz", "http:///x", "", "https://a b", "jar:x")) {
      assertThatThrownBy(() -> Download.address(text))
          .as(text)
          .isInstanceOf(ConfigurationException.class);
    }
    assertThatThrownBy(() -> Download.fetch(URI.create("file:x"), target, Expected.NOTHING, QUICK))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void pausesGrowAndStayBounded() {
    RetryPolicy policy = RetryPolicy.DEFAULT;
    assertThat(policy.delayMs(1, 0)).isBetween(500L, 1000L);
    assertThat(policy.delayMs(4, 0)).isBetween(4000L, 8000L);
    assertThat(policy.delayMs(40, 0)).isBetween(30_000L, 60_000L);
    assertThat(policy.delayMs(1, 5000)).isEqualTo(5000);
    assertThat(policy.delayMs(1, 999_999_000)).isEqualTo(60_000);
  }
}
