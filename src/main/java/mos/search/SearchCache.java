package mos.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ObjDoubleConsumer;
import java.util.function.ToDoubleFunction;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;

/**
 * What architectures were found to be worth and to cost, in a file that later searches read: JSON
 * lines, one appended per value, so that nothing is lost when a search is killed. A value belongs
 * to its origin (checkpoint and data, or hardware and settings), of which the line has the hash;
 * the first line of an origin spells it out.
 */
public final class SearchCache {
  /** Scores many architectures, perhaps several at a time. */
  @FunctionalInterface
  public interface Scores {
    /**
     * Scores all.
     *
     * @param scored is told each score as soon as it is known, and keeps it
     */
    void score(List<SubTransformer> architectures, ObjDoubleConsumer<SubTransformer> scored);
  }

  private final Path file;
  private final Map<String, Map<SubTransformer, Double>> values = new HashMap<>();

  private SearchCache(Path file) {
    this.file = file;
  }

  /**
   * Reads the cache in {@code file}, which need not be there; lines that are damaged are skipped.
   */
  public static SearchCache open(Path file) {
    SearchCache cache = new SearchCache(file);
    if (Files.exists(file)) {
      try {
        for (String line : Files.readString(file).split("\n", -1)) {
          cache.take(line);
        }
      } catch (IOException e) {
        throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
      }
    }
    return cache;
  }

  private void take(String line) {
    if (line.isBlank()) {
      return;
    }
    try {
      JsonNode json = Json.parse(line, file.toString());
      if (json.path("value").isNumber()) {
        origin(json.path("origin").asText())
            .put(
                ConfigurationDictionary.fromJson(json.path("architecture"), file.toString()),
                json.path("value").doubleValue());
      }
    } catch (MosException e) {
      // The end of a line that a killed search left; its value is found again.
    }
  }

  private Map<SubTransformer, Double> origin(String hash) {
    return values.computeIfAbsent(hash, any -> new HashMap<>());
  }

  /** How many values there are of an origin. */
  public int size(JsonNode origin) {
    return origin(hash(origin)).size();
  }

  /**
   * A value that was measured.
   *
   * @param lasting whether it holds for later searches too
   */
  public record Measured(double value, boolean lasting) {}

  /**
   * A function that asks the cache first, and {@code of} what the cache does not know; what is not
   * lasting is not kept.
   *
   * @param origin everything that decides the values
   */
  public ToDoubleFunction<SubTransformer> around(
      JsonNode origin, Function<SubTransformer, Measured> of) {
    String hash = hash(origin);
    return architecture ->
        known(hash, architecture)
            .orElseGet(
                () -> {
                  Measured measured = of.apply(architecture);
                  if (measured.lasting() && Double.isFinite(measured.value())) {
                    add(hash, origin, architecture, measured.value());
                  }
                  return measured.value();
                });
  }

  /**
   * A fitness that asks the cache first, and {@code of} for all at once that the cache does not
   * know.
   *
   * @param origin everything that decides the scores
   */
  public Fitness around(JsonNode origin, Scores of) {
    String hash = hash(origin);
    return architectures -> {
      List<SubTransformer> unknown =
          architectures.stream().filter(a -> known(hash, a).isEmpty()).distinct().toList();
      Map<SubTransformer, Double> found = new HashMap<>();
      of.score(
          unknown,
          (architecture, score) -> {
            found.put(architecture, score);
            if (Double.isFinite(score)) {
              add(hash, origin, architecture, score);
            }
          });
      return architectures.stream()
          .mapToDouble(a -> known(hash, a).orElseGet(() -> found.get(a)))
          .toArray();
    };
  }

  private OptionalDouble known(String hash, SubTransformer architecture) {
    Double value = origin(hash).get(architecture);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private void add(String hash, JsonNode origin, SubTransformer architecture, double value) {
    StringBuilder lines = new StringBuilder();
    if (origin(hash).isEmpty()) {
      lines.append(Json.line(Json.object().put("origin", hash).set("is", origin)));
      lines.append('\n');
    }
    origin(hash).put(architecture, value);
    ObjectNode line = Json.object();
    line.put("origin", hash);
    line.set("architecture", ConfigurationDictionary.toJson(architecture));
    line.put("value", value);
    append(lines.append(Json.line(line)).append('\n').toString());
  }

  private void append(String text) {
    try {
      boolean torn = Files.exists(file) && Files.size(file) > 0 && !endsLine();
      AtomicFile.append(file, (torn ? "\n" + text : text).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new MosException("cannot write " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private boolean endsLine() throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      channel.position(channel.size() - 1);
      java.nio.ByteBuffer last = java.nio.ByteBuffer.allocate(1);
      return channel.read(last) == 1 && last.get(0) == '\n';
    }
  }

  private static String hash(JsonNode origin) {
    return Sha256.of(Json.line(origin)).substring(0, 16);
  }
}
