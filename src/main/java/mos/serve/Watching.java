package mos.serve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.translation.TranslationCounts;
import mos.translation.TranslationModel;
import mos.web.Answer;
import mos.web.RequestMetrics;
import mos.web.Route;
import mos.web.WebServer;

/** What is told to those who watch the server: whether it is well, and figures for Prometheus. */
final class Watching {
  private static final String PROMETHEUS = "text/plain; version=0.0.4";

  private final Optional<TranslationModel> model;
  private volatile WebServer server;

  Watching(Optional<TranslationModel> model) {
    this.model = model;
  }

  /** The server, which is made of the routes. */
  void of(WebServer made) {
    server = made;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/health", () -> Answer.json(Map.of("status", "ok"))),
        Route.get("/metrics", () -> Answer.of(200, PROMETHEUS, metrics())));
  }

  private String metrics() {
    if (server == null) {
      return "";
    }
    StringBuilder out = new StringBuilder(server.metrics().text());
    RequestMetrics.metric(
        "mos_requests_working",
        "gauge",
        "Requests that wait or are translated.",
        server.working(),
        out);
    if (model.isPresent()) {
      TranslationCounts counts = model.get().counts();
      counter("mos_batches_total", "Batches that the model was given.", counts.batches(), out);
      counter("mos_sentences_total", "Sentences translated.", counts.sentences(), out);
      counter("mos_source_tokens_total", "Tokens read.", counts.sourceTokens(), out);
      counter("mos_target_tokens_total", "Tokens written.", counts.targetTokens(), out);
    }
    return out.toString();
  }

  private static void counter(String name, String help, long value, StringBuilder out) {
    RequestMetrics.metric(name, "counter", help, value, out);
  }
}
