package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import mos.base.Json;

/** A headless Chromium, driven by its DevTools protocol: windows of any size, both schemes. */
final class Browser implements AutoCloseable {
  private static final long SECONDS = 30;

  private final Process process;
  private final Path profile;
  private final WebSocket socket;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final List<String> messages = new ArrayList<>();
  private int number;

  /** Where one is installed. */
  static Optional<Path> installed() {
    Stream<Path> places =
        Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of),
            Stream.of(Path.of("/usr/bin")));
    return places
        .flatMap(
            place -> Stream.of("chromium", "chromium-browser", "google-chrome").map(place::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param profile a folder that does not exist, or is empty
   */
  static Browser start(Path browser, Path profile) throws Exception {
    Files.createDirectories(profile);
    Path log = profile.resolve("log.txt");
    List<String> command = new ArrayList<>(List.of(browser.toString(), "--headless=new"));
    command.addAll(List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"));
    command.addAll(List.of("--disable-background-networking", "--disable-component-update"));
    command.addAll(List.of("--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0"));
    command.addAll(List.of("--user-data-dir=" + profile, "about:blank"));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      return new Browser(process, profile, log);
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private Browser(Process process, Path profile, Path log) throws Exception {
    this.process = process;
    this.profile = profile;
    Path portFile = profile.resolve("DevToolsActivePort");
    List<String> lines = List.of();
    for (long end = System.nanoTime() + SECONDS * 1_000_000_000; lines.size() < 2; ) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new IOException("the browser does not start: " + Files.readString(log));
      }
      Thread.sleep(20);
      lines = Files.exists(portFile) ? Files.readAllLines(portFile) : lines;
    }
    URI address = URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(address, new Receiver(received))
            .get(SECONDS, TimeUnit.SECONDS);
  }

  private record Receiver(BlockingQueue<String> received, StringBuilder part)
      implements WebSocket.Listener {
    Receiver(BlockingQueue<String> received) {
      this(received, new StringBuilder());
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        received.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }

  /** A page in a window of its own. */
  Tab open(URI address, int width, int height, boolean dark) throws Exception {
    String target =
        call("", "Target.createTarget", Map.of("url", "about:blank")).path("targetId").asText();
    String session =
        call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .path("sessionId")
            .asText();
    Tab tab = new Tab(session);
    for (String domain : List.of("Page", "Runtime", "Log")) {
      tab.call(domain + ".enable", Map.of());
    }
    tab.call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    tab.scheme(dark, "");
    messages.clear();
    tab.call("Page.navigate", Map.of("url", address.toString()));
    tab.waitUntil("document.readyState === 'complete' && location.href !== 'about:blank'");
    return tab;
  }

  /** What came from console, exceptions and refused loads since the last page was opened. */
  List<String> messages() {
    return messages;
  }

  private JsonNode call(String session, String method, Map<String, Object> parameters)
      throws Exception {
    ObjectNode request = Json.object().put("id", ++number).put("method", method);
    request.set("params", Json.tree(parameters));
    if (!session.isEmpty()) {
      request.put("sessionId", session);
    }
    socket.sendText(Json.line(request), true).get(SECONDS, TimeUnit.SECONDS);
    while (true) {
      String text = received.poll(SECONDS, TimeUnit.SECONDS);
      if (text == null) {
        throw new IOException(method + ": no answer in " + SECONDS + " s");
      }
      JsonNode answer = Json.parse(text, "DevTools");
      if (answer.path("id").asInt() == number) {
        if (answer.has("error")) {
          throw new IOException(method + ": " + answer.path("error"));
        }
        return answer.path("result");
      }
      if (answer
          .path("method")
          .asText()
          .matches("Runtime.consoleAPICalled|Runtime.exceptionThrown|Log.entryAdded")) {
        messages.add(answer.path("params").toString());
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(SECONDS, TimeUnit.SECONDS);
      // Links to places outside, which JUnit warns of when it clears the folder.
      for (String link : List.of("SingletonSocket", "SingletonLock", "SingletonCookie")) {
        Files.deleteIfExists(profile.resolve(link));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something done to a page. */
  @FunctionalInterface
  interface Callable {
    void call() throws Exception;
  }

  /** A page under way. */
  final class Tab {
    private final String session;

    private Tab(String session) {
      this.session = session;
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
      return Browser.this.call(session, method, parameters);
    }

    /** Sets the colour scheme and the medium, "print" or empty for the screen. */
    void scheme(boolean dark, String medium) throws Exception {
      Map<String, String> scheme =
          Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
      call("Emulation.setEmulatedMedia", Map.of("media", medium, "features", List.of(scheme)));
    }

    /** The value of an expression. */
    JsonNode evaluate(String expression) throws Exception {
      JsonNode answer =
          call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
      if (answer.has("exceptionDetails")) {
        throw new IOException(expression + ": " + answer.path("exceptionDetails"));
      }
      return answer.path("result").path("value");
    }

    void waitUntil(String expression) throws Exception {
      waitUntil(expression, () -> {});
    }

    /** Acts until an expression is true: a busy machine may miss what is done once. */
    void waitUntil(String expression, Callable action) throws Exception {
      for (long end = System.nanoTime() + SECONDS * 1_000_000_000; ; Thread.sleep(20)) {
        try {
          action.call();
          if (evaluate(expression).asBoolean()) {
            return;
          }
        } catch (IOException e) {
          // While a page is left for the next, there is none to ask.
          if (System.nanoTime() > end) {
            throw e;
          }
        }
        if (System.nanoTime() > end) {
          throw new IOException("not in " + SECONDS + " s: " + expression);
        }
      }
    }

    /** Moves the mouse. */
    void mouseTo(double x, double y) throws Exception {
      call("Input.dispatchMouseEvent", Map.of("type", "mouseMoved", "x", x, "y", y));
    }

    /** Touches a point. */
    void tap(double x, double y) throws Exception {
      List<Map<String, Double>> at = List.of(Map.of("x", x, "y", y));
      call("Input.dispatchTouchEvent", Map.of("type", "touchStart", "touchPoints", at));
      call("Input.dispatchTouchEvent", Map.of("type", "touchEnd", "touchPoints", List.of()));
    }

    /** Presses a key, such as ArrowRight. */
    void press(String key) throws Exception {
      for (String type : List.of("keyDown", "keyUp")) {
        call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key));
      }
    }

    /** The picture of the window, or of the whole page. */
    byte[] png(boolean whole) throws Exception {
      Map<String, Object> how = Map.of("format", "png", "captureBeyondViewport", whole);
      return Base64.getDecoder().decode(call("Page.captureScreenshot", how).path("data").asText());
    }

    BufferedImage screenshot() throws Exception {
      return ImageIO.read(new ByteArrayInputStream(png(false)));
    }

    byte[] pdf() throws Exception {
      JsonNode answer = call("Page.printToPDF", Map.of("printBackground", false));
      return Base64.getDecoder().decode(answer.path("data").asText());
    }
  }
}
