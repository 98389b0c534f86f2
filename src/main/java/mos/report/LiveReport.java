package mos.report;

import java.nio.file.Path;
import java.util.List;
import mos.base.MosException;
import mos.web.Answer;
import mos.web.Limits;
import mos.web.Route;
import mos.web.WebServer;

/**
 * Shows the report of a run under way, or of one that has ended, to this machine's browsers. It
 * reads no path from a request, so that there is nothing to write to and nothing else to read.
 */
public final class LiveReport implements AutoCloseable {
  private static final int REFRESH_SECONDS = 10;

  private final WebServer server;

  private LiveReport(WebServer server) {
    this.server = server;
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
    Route page = Route.get("/", () -> page(folder, refreshSeconds));
    return new LiveReport(WebServer.start("127.0.0.1", port, Limits.PAGES, List.of(page)));
  }

  /** The report of a folder at a path, as it is at each request. */
  public static Route route(String path, Path folder) {
    return Route.get(path, () -> page(folder, REFRESH_SECONDS));
  }

  /** Where a browser finds it. */
  public String address() {
    return server.address();
  }

  private static Answer page(Path folder, int refreshSeconds) {
    try {
      return Answer.page(ReportPage.now(folder, refreshSeconds));
    } catch (MosException nothingYet) {
      return Answer.page(nothingYet(folder, refreshSeconds));
    }
  }

  private static String nothingYet(Path folder, int refreshSeconds) {
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

  @Override
  public void close() {
    server.close();
  }
}
