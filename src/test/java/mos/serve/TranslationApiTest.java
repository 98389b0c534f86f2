package mos.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import mos.base.Json;
import mos.beam.BeamOptions;
import mos.translation.LongLines;
import mos.translation.RandomModel;
import mos.translation.TextOptions;
import mos.translation.TranslationModel;
import mos.web.Limits;
import mos.web.RawClient;
import mos.web.Route;
import mos.web.WebServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TranslationApiTest {
  /** Translations of a few tokens. */
  private static final TextOptions OPTIONS =
      new TextOptions(
          new BeamOptions(3, 1, true, 0, 6, 1, 0, 0), 1, LongLines.SPLIT, TextOptions.LONGEST);

  @TempDir private static Path folder;
  private static TranslationModel model;
  private static WebServer server;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    model = TranslationModel.load(RandomModel.in(folder), "cpu");
    List<Route> routes = new ArrayList<>(new TranslationApi(model, OPTIONS, 2000, 60).routes());
    Watching watching = new Watching(Optional.of(model));
    routes.addAll(watching.routes());
    routes.addAll(TranslationPage.routes(List.of("/")));
    server = WebServer.start("127.0.0.1", 0, new Limits(20_000, 64, 60), routes);
    watching.of(server);
    port = URI.create(server.address()).getPort();
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  private static JsonNode ask(String body) {
    return ask(body, 200);
  }

  private static JsonNode ask(String body, int status) {
    try {
      String answer = RawClient.post(port, "/translate", body);
      assertThat(answer).as(body).startsWith("HTTP/1.1 " + status + " ");
      return Json.parse(RawClient.body(answer), "answer");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String get(String path) throws IOException {
    String answer = RawClient.ask(port, "GET", path, null, null);
    assertThat(answer).startsWith("HTTP/1.1 200");
    return RawClient.body(answer);
  }

  private static String translated(String line) {
    return model.translate(List.of(line), OPTIONS).get(0).text();
  }

  @Test
  void textsAreTranslatedInLibreTranslatesForm() {
    String cat = translated("The cat");
    String mat = translated("Foo. (5) mat");
    assertThat(ask("{\"q\":\"The cat\",\"source\":\"en\",\"target\":\"fi\",\"format\":\"text\"}"))
        .isEqualTo(Json.tree(java.util.Map.of("translatedText", cat)));
    assertThat(ask("{\"q\":\"The cat\"}").path("translatedText").textValue()).isEqualTo(cat);
    JsonNode lines =
        ask("{\"q\":\"The cat\\n\\n  \\nFoo. (5) mat\\n\",\"source\":\"auto\",\"target\":\"fi\"}");
    assertThat(lines.path("translatedText").textValue()).isEqualTo(cat + "\n\n  \n" + mat + "\n");
    JsonNode list = ask("{\"q\":[\"The cat\",\"\",\"Foo. (5) mat\"],\"alternatives\":2}");
    assertThat(list.path("translatedText"))
        .extracting(JsonNode::textValue)
        .containsExactly(cat, "", mat);
    assertThat(list.path("alternatives")).extracting(JsonNode::size).containsExactly(2, 0, 2);
    JsonNode one = ask("{\"q\":\"The cat\",\"alternatives\":1,\"api_key\":\"\"}");
    assertThat(one.path("alternatives")).hasSize(1);
    assertThat(ask("{\"q\":[]}").path("translatedText")).isEmpty();
    assertThat(ask("{\"q\":\"\"}").path("translatedText").textValue()).isEmpty();
  }

  @Test
  void whatCannotBeMeantIsRefusedByName() {
    assertThat(refused("{\"q\":\"x\",\"target\":\"de\"}", 400))
        .isEqualTo("target: got \"de\", must be fi");
    assertThat(refused("{\"q\":\"x\",\"source\":\"fi\"}", 400)).contains("must be en or auto");
    assertThat(refused("{\"q\":\"x\",\"format\":\"html\"}", 400)).contains("format", "text");
    assertThat(refused("{\"q\":\"x\",\"alternatives\":3}", 400)).contains("got 3", "0..2");
    assertThat(refused("{\"q\":\"x\",\"alternatives\":1e99}", 400)).contains("alternatives");
    assertThat(refused("{\"q\":[\"x\",[1]]}", 400)).contains("q: got [1]");
    assertThat(refused("{}", 400)).contains("q: is missing");
    assertThat(refused("{\"q\":\"" + "x".repeat(2001) + "\"}", 413)).contains("2001", "2000");
    assertThat(refused("{\"q\":[" + "\"\",".repeat(2001) + "\"\"]}", 413)).contains("at most 2000");
    for (String bad :
        List.of("", "[]", "1", "null", "{", "{\"q\":\"x\"", "{'q':1}", "\u0000", "NaN")) {
      assertThat(refused(bad, 400)).as(bad).startsWith("the body: ");
    }
    assertThat(refused("{\"q\":" + "[".repeat(9000) + "]".repeat(9000) + "}", 400))
        .contains("body");
    assertThat(refused("{\"alternatives\":" + "9".repeat(5000) + "}", 400)).isNotEmpty();
    // what is odd but text is translated, and the server lives on
    for (String odd :
        List.of("\\ud800", "\\u0000\\u0001", "\\ufeff", "\\udc00\\ud800 x", "\\u202e")) {
      assertThat(ask("{\"q\":\"" + odd + "\"}").path("translatedText").isTextual()).isTrue();
    }
    assertThat(ask("{\"q\":\"" + "x".repeat(2000) + "\"}").has("translatedText")).isTrue();
  }

  private static String refused(String body, int status) {
    return ask(body, status).path("error").textValue();
  }

  @Test
  void pagesAndFiguresAreThere() throws IOException {
    assertThat(get("/languages"))
        .isEqualTo(
            "[{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"fi\"]},"
                + "{\"code\":\"fi\",\"name\":\"Finnish\",\"targets\":[]}]\n");
    assertThat(get("/health")).isEqualTo("{\"status\":\"ok\"}\n");
    assertThat(get("/")).contains("<script src=\"/try.js\">", "default-src 'none'");
    assertThat(get("/try.js")).contains("/translate");
    ask("{\"q\":\"The cat\"}");
    String metrics = get("/metrics");
    assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
        .allMatch(line -> line.matches("mos_[a-z_]+(\\{[^}]*})? [0-9.]+"))
        .anyMatch(line -> line.matches("mos_target_tokens_total [1-9]\\d*"))
        .anyMatch(line -> line.matches("mos_request_seconds_bucket\\{le=\"\\+Inf\"} [1-9]\\d*"));
  }

  /** Answers do not get mixed up, and what waits goes together. */
  @Test
  void manyClientsGetWhatOneGets() {
    List<String> lines = List.of("The cat", "Dr. Who", "at 11:00 !", "(5) mat", "Foo. The mat");
    ConcurrentHashMap<String, String> alone = new ConcurrentHashMap<>();
    lines.forEach(line -> alone.put(line, translated(line)));
    long before = model.counts().batches();
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < 320; i++) {
        String line = lines.get(i % lines.size());
        all.add(
            CompletableFuture.runAsync(
                () ->
                    assertThat(ask("{\"q\":\"" + line + "\"}").path("translatedText").textValue())
                        .isEqualTo(alone.get(line)),
                clients));
      }
      all.forEach(CompletableFuture::join);
    } finally {
      clients.shutdown();
    }
    assertThat(model.counts().batches() - before).isLessThan(320);
  }
}
