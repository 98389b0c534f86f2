package mos.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import mos.base.AtomicFile;
import mos.base.MosException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers routes over HTTP and refuses all else, on the JDK's server. On a loopback address a
 * request that names another host is refused too: a page of the web that had its name point here
 * (DNS rebinding) would send one. Who sends or reads too slowly is cut off by {@link
 * Limits#seconds}, which the first server of a process decides for all.
 */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Threads for requests that are read, pages and refusals, beside those that are worked on. */
  private static final int MORE_THREADS = 64;

  /** What is read of a body that is too large, so that its sender reads the refusal. */
  private static final int MOST_DRAINED = 1 << 26;

  private static final int CONNECTIONS = 2048;

  private final Map<String, Route> routes;
  private final Limits limits;
  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final Semaphore room;
  private final AtomicInteger active = new AtomicInteger();
  private final RequestMetrics metrics = new RequestMetrics();
  private volatile boolean ending;

  private WebServer(List<Route> routes, HttpServer server, Limits limits) {
    this.routes = routes.stream().collect(Collectors.toMap(Route::path, Function.identity()));
    this.limits = limits;
    this.server = server;
    room = new Semaphore(limits.requests());
    int most = limits.requests() + MORE_THREADS;
    threads =
        new ThreadPoolExecutor(
            most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), WebServer::thread);
    threads.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "web");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts to answer.
   *
   * @param host name or address to listen on
   * @param port 1 to 65535, or 0 for any free one
   * @throws MosException when that cannot be done
   */
  public static WebServer start(String host, int port, Limits limits, List<Route> routes) {
    // read once, when the JDK's server is used first
    property("sun.net.httpserver.maxReqTime", limits.seconds());
    property("sun.net.httpserver.maxRspTime", 2 * limits.seconds());
    property("sun.net.httpserver.nodelay", true);
    property("jdk.httpserver.maxConnections", CONNECTIONS);
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
      WebServer all = new WebServer(routes, HttpServer.create(address, 0), limits);
      all.server.setExecutor(all.threads);
      all.server.createContext("/", all::answer);
      all.server.start();
      return all;
    } catch (IOException e) {
      throw new MosException(
          "cannot listen on port " + port + " of " + host + ": " + AtomicFile.describe(e), e);
    }
  }

  private static void property(String name, Object value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value.toString());
    }
  }

  /** Where a browser finds it. */
  public String address() {
    String host = server.getAddress().getAddress().getHostAddress();
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + server.getAddress().getPort()
        + "/";
  }

  /** Whether only this machine reaches it. */
  public boolean isPrivate() {
    return server.getAddress().getAddress().isLoopbackAddress();
  }

  /** What was answered. */
  public RequestMetrics metrics() {
    return metrics;
  }

  /** Whether it is about to end and refuses new requests. */
  public boolean isEnding() {
    return ending;
  }

  /** Limited requests that are worked on. */
  public int working() {
    return limits.requests() - room.availablePermits();
  }

  private void answer(HttpExchange exchange) throws IOException {
    active.incrementAndGet();
    Route route = routes.get(exchange.getRequestURI().getRawPath());
    long[] start = {System.nanoTime()};
    try (exchange) {
      Answer answer = answerOrRefusal(exchange, route, start);
      send(exchange, answer);
      metrics.count(
          route == null ? "other" : route.path(),
          answer.status(),
          route != null && route.limited(),
          (System.nanoTime() - start[0]) / 1e9);
      if (answer.status() == 413) {
        drain(exchange.getRequestBody());
      }
    } catch (IOException e) {
      LOG.debug("a client has gone: {}", e.toString());
    } finally {
      active.decrementAndGet();
    }
  }

  private static void drain(InputStream body) throws IOException {
    byte[] some = new byte[1 << 13];
    int left = MOST_DRAINED;
    for (int n = body.read(some); n >= 0 && left > 0; n = body.read(some)) {
      left -= n;
    }
  }

  private Answer answerOrRefusal(HttpExchange exchange, Route route, long[] start)
      throws IOException {
    try {
      check(exchange, route);
      String body = route.post() ? body(exchange) : "";
      start[0] = System.nanoTime();
      if (!route.limited()) {
        return route.answer().apply(body);
      }
      if (!room.tryAcquire()) {
        return Answer.error(
                429, "too many requests: " + limits.requests() + " are being answered; try again")
            .with("Retry-After", "1");
      }
      try {
        return route.answer().apply(body);
      } finally {
        room.release();
      }
    } catch (Refused e) {
      Answer refusal = Answer.error(e.status(), e.getMessage());
      return e.status() == 405 ? refusal.with("Allow", route.methods()) : refusal;
    } catch (MosException e) {
      LOG.warn("a request failed: {}", e.getMessage());
      return Answer.error(500, e.getMessage());
    } catch (RuntimeException e) {
      LOG.warn("a request failed", e);
      return Answer.error(500, "the server failed; its log says how");
    }
  }

  private void check(HttpExchange exchange, Route route) {
    if (isPrivate() && !isOwnHost(exchange.getRequestHeaders().getFirst("Host"))) {
      throw new Refused(403, "Host: must be localhost or 127.0.0.1");
    }
    if (ending) {
      throw new Refused(503, "the server is about to end");
    }
    if (route == null) {
      String paths = routes.keySet().stream().sorted().collect(Collectors.joining(", "));
      throw new Refused(404, "no such path; there are " + paths);
    }
    String method = exchange.getRequestMethod();
    if (!Set.of(route.methods().split(", ")).contains(method)) {
      throw new Refused(405, route.path() + " is for " + route.methods());
    }
  }

  private static boolean isOwnHost(String host) {
    String name = host == null ? "" : host.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
    return HOSTS.contains(name);
  }

  private String body(HttpExchange exchange) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    String known = "application/json(;charset=\"?utf-8\"?)?";
    if (type == null || !type.toLowerCase(Locale.ROOT).replace(" ", "").matches(known)) {
      throw new Refused(415, "Content-Type: got " + type + ", must be application/json");
    }
    if (exchange.getRequestHeaders().containsKey("Content-Encoding")) {
      throw new Refused(415, "Content-Encoding: must be left out");
    }
    // not closed here: a refusal is sent before the rest is read
    @SuppressWarnings("resource")
    InputStream in = exchange.getRequestBody();
    boolean tooLarge = declared(exchange) > limits.bodyBytes();
    byte[] bytes = tooLarge ? new byte[0] : in.readNBytes(limits.bodyBytes() + 1);
    if (tooLarge || bytes.length > limits.bodyBytes()) {
      throw new Refused(413, "the body has more than " + limits.bodyBytes() + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Refused(400, "the body is not valid UTF-8");
    }
  }

  private static long declared(HttpExchange exchange) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    return length == null ? 0 : Long.parseLong(length.strip());
  }

  private void send(HttpExchange exchange, Answer answer) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type() + "; charset=utf-8");
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    answer.headers().forEach(headers::set);
    if (ending || answer.status() == 413) {
      headers.set("Connection", "close");
    }
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), head ? -1 : answer.body().length);
    if (!head) {
      exchange.getResponseBody().write(answer.body());
      exchange.getResponseBody().flush();
    }
  }

  /**
   * Ends: requests that are here are answered, new ones refused.
   *
   * @param seconds to wait for the answers, at most
   * @return whether all were given
   */
  public boolean end(int seconds) {
    ending = true;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    boolean interrupted = false;
    while (active.get() > 0 && System.nanoTime() < end && !interrupted) {
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    boolean all = active.get() == 0;
    server.stop(0);
    threads.shutdownNow();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return all;
  }

  /** Ends at once. */
  @Override
  public void close() {
    end(0);
  }
}
