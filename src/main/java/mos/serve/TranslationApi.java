package mos.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import mos.base.Json;
import mos.base.MosException;
import mos.translation.TextOptions;
import mos.translation.Translation;
import mos.translation.TranslationModel;
import mos.web.Answer;
import mos.web.Refused;
import mos.web.Route;

/**
 * LibreTranslate's requests, as far as one model can answer them: {@code /translate} and {@code
 * /languages}. The lines of a text are translated each for itself.
 */
final class TranslationApi {
  private static final String WHERE = "the body";

  private final TranslationModel model;
  private final TextOptions options;
  private final int mostText;
  private final int seconds;

  /**
   * @param mostText characters of a request, at most
   * @param seconds to wait for its translation
   */
  TranslationApi(TranslationModel model, TextOptions options, int mostText, int seconds) {
    this.model = model;
    this.options = options;
    this.mostText = mostText;
    this.seconds = seconds;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/translate", this::translate), Route.get("/languages", this::languages));
  }

  private Answer languages() {
    String source = model.sourceLanguage();
    String target = model.targetLanguage();
    return Answer.json(List.of(language(source, List.of(target)), language(target, List.of())));
  }

  private static Map<String, Object> language(String code, List<String> targets) {
    Map<String, Object> language = new LinkedHashMap<>();
    language.put("code", code);
    language.put("name", Locale.forLanguageTag(code).getDisplayLanguage(Locale.ENGLISH));
    language.put("targets", targets);
    return language;
  }

  private Answer translate(String body) {
    JsonNode request = request(body);
    check(request, "source", List.of(model.sourceLanguage(), "auto"));
    check(request, "target", List.of(model.targetLanguage()));
    check(request, "format", List.of("text"));
    int alternatives = alternatives(request);
    List<String> texts = texts(request);
    List<List<String>> all = translated(texts, alternatives);
    Map<String, Object> answer = new LinkedHashMap<>();
    List<String> best = all.stream().map(one -> one.get(0)).toList();
    List<List<String>> others = all.stream().map(one -> one.subList(1, one.size())).toList();
    boolean list = request.get("q").isArray();
    answer.put("translatedText", list ? best : best.get(0));
    if (alternatives > 0) {
      answer.put("alternatives", list ? others : others.get(0));
    }
    return Answer.json(answer);
  }

  private static JsonNode request(String body) {
    JsonNode request;
    try {
      request = Json.parse(body, WHERE);
    } catch (MosException e) {
      throw new Refused(400, e.getMessage());
    }
    if (!request.isObject()) {
      throw new Refused(400, WHERE + ": must be a JSON object with q, source and target");
    }
    return request;
  }

  private static void check(JsonNode request, String key, List<String> known) {
    JsonNode got = request.get(key);
    if (got != null && !(got.isTextual() && known.contains(got.textValue()))) {
      throw new Refused(
          400, key + ": got " + shown(got) + ", must be " + String.join(" or ", known));
    }
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private int alternatives(JsonNode request) {
    JsonNode got = request.get("alternatives");
    int most = options.beam().beam() - 1;
    if (got != null && !(got.isInt() && got.intValue() >= 0 && got.intValue() <= most)) {
      throw new Refused(
          400,
          "alternatives: got " + shown(got) + ", must be in 0.." + most + " (--beam less one)");
    }
    return got == null ? 0 : got.intValue();
  }

  private List<String> texts(JsonNode request) {
    JsonNode q = request.get("q");
    List<String> texts = new ArrayList<>();
    long characters = 0;
    for (JsonNode one : q == null ? List.<JsonNode>of() : q.isArray() ? q : List.of(q)) {
      if (!one.isTextual()) {
        throw new Refused(400, "q: got " + shown(one) + ", must be a text or a list of texts");
      }
      texts.add(one.textValue());
      characters += 1 + one.textValue().length();
    }
    if (q == null || texts.isEmpty() && !q.isArray()) {
      throw new Refused(400, "q: is missing; it must be a text or a list of texts");
    }
    // each text counts one more, so that a list of empty ones has an end too
    if (characters - 1 > mostText) {
      throw new Refused(
          413, "q: got " + (characters - 1) + " characters, must be at most " + mostText);
    }
    return texts;
  }

  /** Of each text the best translation and the alternatives. */
  private List<List<String>> translated(List<String> texts, int alternatives) {
    List<String> lines = new ArrayList<>();
    texts.forEach(text -> lines.addAll(List.of(text.split("\n", -1))));
    List<Translation> found = wait(lines, options.withNBest(alternatives + 1));
    List<List<String>> all = new ArrayList<>();
    int from = 0;
    for (String text : texts) {
      int to = from + text.split("\n", -1).length;
      all.add(joined(found.subList(from, to)));
      from = to;
    }
    return all;
  }

  /** The n-th of a text has the n-th of each line, of a line with fewer its last. */
  private static List<String> joined(List<Translation> lines) {
    int most = lines.stream().mapToInt(line -> line.nBest().size()).max().orElse(1);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      List<String> some = new ArrayList<>();
      for (Translation line : lines) {
        some.add(line.nBest().get(Math.min(i, line.nBest().size() - 1)).text());
      }
      all.add(String.join("\n", some));
    }
    return all;
  }

  private List<Translation> wait(List<String> lines, TextOptions asked) {
    CompletableFuture<List<Translation>> all = model.translateAsync(lines, asked);
    try {
      return all.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      all.cancel(true);
      throw new Refused(503, "not translated within " + seconds + " s; try again later");
    } catch (InterruptedException e) {
      all.cancel(true);
      Thread.currentThread().interrupt();
      throw new Refused(503, "the server has ended");
    } catch (ExecutionException e) {
      throw new MosException("not translated: " + e.getCause().getMessage(), e);
    }
  }
}
