package mos.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mos.base.MosException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WebServerTest {
  private static final String JSON = "application/json";
  private static final Limits SMALL = new Limits(1000, 2, 60);

  private final CountDownLatch open = new CountDownLatch(1);
  private WebServer server;
  private int port;

  @BeforeEach
  void start() {
    server =
        WebServer.start(
            "127.0.0.1",
            0,
            SMALL,
            List.of(
                Route.get("/page", () -> Answer.page("<p>here</p>")),
                Route.post("/echo", body -> Answer.json(Map.of("body", body))),
                Route.post("/wait", this::waiting),
                Route.post(
                    "/fails",
                    body -> {
                      throw new IllegalStateException("secret");
                    })));
    port = URI.create(server.address()).getPort();
  }

  private Answer waiting(String body) {
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Answer.json("waited");
  }

  @AfterEach
  void stop() {
    open.countDown();
    server.close();
  }

  private String post(String path, String body) throws IOException {
    return RawClient.post(port, path, body);
  }

  @Test
  void answersAndRefusesAsHttpSays() throws IOException {
    assertThat(post("/echo", "ä")).startsWith("HTTP/1.1 200").endsWith("{\"body\":\"ä\"}\n");
    assertThat(RawClient.ask(port, "GET", "/page", null, null))
        .startsWith("HTTP/1.1 200")
        .endsWith("<p>here</p>");
    assertThat(RawClient.ask(port, "HEAD", "/page", null, null))
        .startsWith("HTTP/1.1 200")
        .endsWith("\r\n\r\n");
    assertThat(RawClient.ask(port, "GET", "/echo", null, null))
        .startsWith("HTTP/1.1 405")
        .contains("Allow: POST");
    assertThat(post("/page", "")).startsWith("HTTP/1.1 405").contains("Allow: GET, HEAD");
    for (String path : List.of("/", "/echo/", "/page/x", "/%2e%2e/etc/passwd", "/../page")) {
      assertThat(post(path, "")).as(path).startsWith("HTTP/1.1 404").contains("/echo, /fails");
    }
    byte[] body = {'{', '}'};
    for (String type :
        List.of("text/plain", "application/xml", "application/json;charset=latin1")) {
      assertThat(RawClient.ask(port, "POST", "/echo", type, body)).startsWith("HTTP/1.1 415");
    }
    assertThat(RawClient.ask(port, "POST", "/echo", null, body)).startsWith("HTTP/1.1 415");
    assertThat(RawClient.ask(port, "POST", "/echo", "Application/JSON; charset=UTF-8", body))
        .startsWith("HTTP/1.1 200");
    assertThat(post("/fails", "")).startsWith("HTTP/1.1 500").doesNotContain("secret");
  }

  @Test
  void hostileRequestsAreRefusedWithoutHarm() throws IOException {
    byte[] broken = {'"', (byte) 0xc3, (byte) 0x28, '"'};
    assertThat(RawClient.ask(port, "POST", "/echo", JSON, broken))
        .startsWith("HTTP/1.1 400")
        .contains("not valid UTF-8");
    assertThat(post("/echo", "x".repeat(1000))).startsWith("HTTP/1.1 200");
    assertThat(post("/echo", "x".repeat(1001))).startsWith("HTTP/1.1 413");
    assertThat(post("/echo", "x".repeat(5_000_000))).startsWith("HTTP/1.1 413");
    String head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + JSON + "\r\n";
    // a length that is not there yet is believed; nothing is read for it
    for (String length : List.of("99999999999", "9223372036854775807")) {
      try (RawClient client = new RawClient(port)) {
        client.send(head + "Content-Length: " + length + "\r\n\r\n");
        try (RawClient other = new RawClient(port)) {
          assertThat(post("/echo", "{}")).startsWith("HTTP/1.1 200");
        }
      }
    }
    for (String length : List.of("-1", "x", "1e3", "99999999999999999999999")) {
      try (RawClient client = new RawClient(port)) {
        String answer = client.send(head + "Content-Length: " + length + "\r\n\r\n").answer();
        assertThat(answer).as(length).doesNotStartWith("HTTP/1.1 200");
      }
    }
    // chunks that never say how much will come
    try (RawClient client = new RawClient(port)) {
      client.send(head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
      client.send("7d0\r\n" + "x".repeat(2000) + "\r\n0\r\n\r\n");
      assertThat(client.answer()).startsWith("HTTP/1.1 413");
    }
    List<String> floods = new ArrayList<>();
    floods.add("X: " + "y".repeat(1 << 20) + "\r\n");
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      many.append("X-").append(i).append(": y\r\n");
    }
    floods.add(many.toString());
    for (String flood : floods) {
      try (RawClient client = new RawClient(port)) {
        client.send("GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        client.send(flood).send("\r\n");
        assertThat(client.answer()).doesNotContain("500 ");
      } catch (IOException cutOff) {
        assertThat(cutOff).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
      }
    }
    for (String nonsense : List.of("GET\r\n\r\n", "\u0000\u0001\r\n\r\n", "GET  / X\r\n\r\n")) {
      try (RawClient client = new RawClient(port)) {
        assertThat(client.send(nonsense).answer()).doesNotStartWith("HTTP/1.1 200");
      }
    }
    assertThat(post("/echo", "{}")).startsWith("HTTP/1.1 200");
    assertThat(server.working()).isZero();
  }

  @Test
  void otherHostNamesAreRefused() throws IOException {
    try (RawClient client = new RawClient(port)) {
      client.send("GET /page HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
      assertThat(client.answer()).startsWith("HTTP/1.1 403");
    }
    try (WebServer open = WebServer.start("0.0.0.0", 0, SMALL, List.of())) {
      assertThat(open.isPrivate()).isFalse();
    }
    assertThat(server.isPrivate()).isTrue();
  }

  @Test
  void moreThanTheQueueHoldsIsRefusedAndAnEndAnswersWhatIsHere() throws Exception {
    List<CompletableFuture<String>> two = List.of(ask("/wait"), ask("/wait"));
    while (server.working() < 2) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    assertThat(post("/echo", "{}"))
        .startsWith("HTTP/1.1 429")
        .containsIgnoringCase("Retry-After: 1");
    // pages are still answered
    assertThat(RawClient.ask(port, "GET", "/page", null, null)).startsWith("HTTP/1.1 200");
    CompletableFuture<Boolean> end = CompletableFuture.supplyAsync(() -> server.end(60));
    while (!server.isEnding()) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    assertThat(post("/echo", "{}"))
        .startsWith("HTTP/1.1 503")
        .containsIgnoringCase("Connection: close");
    assertThat(end).isNotDone();
    open.countDown();
    assertThat(end.get()).isTrue();
    for (CompletableFuture<String> one : two) {
      assertThat(one.get()).startsWith("HTTP/1.1 200").endsWith("\"waited\"\n");
    }
    assertThatThrownBy(() -> post("/echo", "{}")).isInstanceOf(IOException.class);
    assertThat(server.metrics().text())
        .contains("mos_requests_total{path=\"/wait\",status=\"200\"} 2")
        .contains("mos_requests_total{path=\"/echo\",status=\"429\"} 1")
        .contains("mos_request_seconds_count 2");
  }

  @Test
  void whoIsNotAnsweredInTimeHoldsUpNoEnd() throws Exception {
    CompletableFuture<String> stuck = ask("/wait");
    while (server.working() < 1) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    assertThat(server.end(0)).isFalse();
    assertThat(stuck.get(30, TimeUnit.SECONDS)).doesNotStartWith("HTTP/1.1 200");
  }

  private CompletableFuture<String> ask(String path) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return post(path, "{}");
          } catch (IOException e) {
            return e.toString();
          }
        },
        work -> new Thread(work).start());
  }

  @Test
  void takenPortIsSaid() {
    assertThatThrownBy(() -> WebServer.start("127.0.0.1", port, SMALL, List.of()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("cannot listen on port " + port);
    assertThatThrownBy(() -> WebServer.start("no.such.host.invalid", 0, SMALL, List.of()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no.such.host.invalid");
  }

  /** A server of one second, in a process of its own: the limit is a process's. */
  static final class Impatient {
    private Impatient() {}

    public static void main(String[] arguments) throws IOException {
      Limits limits = new Limits(1000, 1, 1);
      Route echo = Route.post("/echo", body -> Answer.json(body));
      System.out.println(WebServer.start("127.0.0.1", 0, limits, List.of(echo)).address());
      System.in.read();
    }
  }

  @Test
  void slowClientsAreCutOff() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Impatient.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<RawClient> slow = new ArrayList<>();
    try {
      byte[] line = new byte[100];
      int length = process.getInputStream().read(line);
      String address = new String(line, 0, length, StandardCharsets.UTF_8).strip();
      int there = URI.create(address).getPort();
      String head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + JSON + "\r\n";
      // more than there are threads: half of them in their headers, half in their bodies
      for (int i = 0; i < 100; i++) {
        RawClient client = new RawClient(there);
        slow.add(client.send(i % 2 == 0 ? head : head + "Content-Length: 10\r\n\r\n{"));
      }
      for (RawClient one : slow) {
        assertThat(one.answer()).doesNotStartWith("HTTP/1.1 200");
      }
      assertThat(RawClient.post(there, "/echo", "{}")).startsWith("HTTP/1.1 200");
    } finally {
      process.destroyForcibly();
      for (RawClient one : slow) {
        one.close();
      }
    }
  }
}
