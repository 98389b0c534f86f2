package mos.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * Shows the report of a run under way to this machine's browsers. It answers GET and HEAD of {@code
 * /} and nothing else, on the loopback address only, and reads no path from a request, so that
 * there is nothing to write to and nothing else to read. A request that names another host is
 * refused: a page of the web that had its name point here (DNS rebinding) would send one.
 */
public final class LiveReport implements AutoCloseable {
  private static final int REFRESH_SECONDS = 10;
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Path folder;
  private final int refreshSeconds;
  private final HttpServer server;
  private final ExecutorService threads;

  private LiveReport(Path folder, HttpServer server, int refreshSeconds) {
    this.folder = folder;
    this.refreshSeconds = refreshSeconds;
    this.server = server;
    this.threads =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "live-report");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts to answer.
   *
   * @param folder output folder of the run; it may be empty still
   * @param port 1 to 65535, or 0 for any free one
   * @throws MosException when the port is taken or not allowed
   */
  public static LiveReport start(Path folder, int port) {
    return start(folder, port, REFRESH_SECONDS);
  }

  /** The same with a page that asks for itself again after {@code refreshSeconds}. */
  static LiveReport start(Path folder, int port, int refreshSeconds) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      LiveReport report = new LiveReport(folder, HttpServer.create(address, 0), refreshSeconds);
      report.server.setExecutor(report.threads);
      report.server.createContext("/", report::answer);
      report.server.start();
      return report;
    } catch (IOException e) {
      throw new MosException(
          "serve: cannot listen on port " + port + ": " + AtomicFile.describe(e), e);
    }
  }

  /** Where a browser finds it. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!isOwnHost(exchange.getRequestHeaders().getFirst("Host"))) {
        send(exchange, 403, "text/plain", "This page is for 127.0.0.1 and localhost only.\n");
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, 405, "text/plain", "Only GET and HEAD.\n");
      } else if (!exchange.getRequestURI().getRawPath().equals("/")) {
        send(exchange, 404, "text/plain", "Only / is here.\n");
      } else {
        page(exchange);
      }
    }
  }

  private void page(HttpExchange exchange) throws IOException {
    String page;
    try {
      page = ReportPage.now(folder, refreshSeconds);
    } catch (MosException nothingYet) {
      page = nothingYet();
    }
    send(exchange, 200, "text/html", page);
  }

  private String nothingYet() {
    StringBuilder out = new StringBuilder();
    Page.head("MoS", refreshSeconds, out);
    out.append("<header>\n<p class=\"kicker\">Mixture-of-Supernets</p>\n<h1>Experiment</h1>\n");
    ReportPage.live(folder, out);
    out.append("</header>\n<main>\n");
    out.append(Html.absent("The run has written nothing yet. Figures come with the first update."));
    out.append("</main>\n");
    Page.end(out);
    return out.toString();
  }

  private static boolean isOwnHost(String host) {
    String name = host == null ? "" : host.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
    return HOSTS.contains(name);
  }

  private static void send(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(code, head ? -1 : bytes.length);
    if (!head) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
