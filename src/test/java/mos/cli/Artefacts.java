package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.base.FolderLock;
import mos.base.Json;
import mos.tensor.SafeTensors;
import org.assertj.core.api.SoftAssertions;

/** What a run made, to be compared with another run's: all but what a clock decided. */
record Artefacts(Path folder) {
  /** Keys whose values are measured, in whatever file. */
  private static final Pattern MEASURED =
      Pattern.compile(
          "seconds|time|products|(text_)?tokens_per_second|device_waits|.*_ms(_.*)?|rmse.*|mape|max_error.*|kendall_tau.*|predictor|crc32c"
              + "|latency/.*|dataset_sha256|weights|heldout|baselines|started|finished_at"
              + "|repeat_spread|repeats_agree|other_load_cores|clock_mhz|load_average|machine_state"
              + "|measured_at|other_load|speed_up|peak_memory.*");

  /** And keys of a search that costs time. */
  private static final Pattern MEASURED_COST =
      Pattern.compile("cost|searched_cost|measured|measured_again|share|limit_value");

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(name -> !FolderLock.isLock(Path.of(name)) && !name.equals("report.html"))
          .sorted()
          .toList();
    }
  }

  /** Every checkpoint in place is whole, at whatever moment the run was killed. */
  void assertWhole() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    for (String name : names()) {
      if (name.endsWith(".safetensors")) {
        SafeTensors.open(folder.resolve(name), true).close();
      } else if (name.endsWith(".json")) {
        Json.read(folder.resolve(name));
      }
    }
  }

  /**
   * @param timed whether the search's constraint was a measured time
   */
  void assertSame(Artefacts other, boolean timed) throws IOException {
    assertThat(other.names()).as("files, temporary ones too").isEqualTo(names());
    SoftAssertions all = new SoftAssertions();
    for (String name : names()) {
      all.assertThat(normal(other.folder.resolve(name), timed))
          .as(name)
          .isEqualTo(normal(folder.resolve(name), timed));
    }
    all.assertAll();
  }

  private static Object normal(Path file, boolean timed) throws IOException {
    String name = file.getFileName().toString();
    byte[] bytes = Files.readAllBytes(file);
    if (name.endsWith(".safetensors")) {
      return tensors(bytes, timed);
    }
    if (name.contains(".tfevents.")) {
      // Every event has its time; numbers have fixed sizes, so this is which events there are.
      return bytes.length;
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (name.endsWith(".json")) {
      return untimed(Json.parse(text, name), timed);
    }
    if (name.equals("metrics.csv")) {
      return untimed(text.lines().map(line -> line.split(",", -1)).toList());
    }
    if (name.equals("search-cache.jsonl")) {
      return values(text);
    }
    if (name.endsWith(".jsonl")) {
      return text.lines().map(line -> untimed(Json.parse(line, name), timed)).toList();
    }
    if (name.equals("dataset.csv")) {
      // HAT's ten features; what follows was measured.
      return text.lines().map(line -> List.of(line.split(",")).subList(0, 10)).toList();
    }
    return text;
  }

  /** A table without the columns that are measured. */
  private static List<List<String>> untimed(List<String[]> rows) {
    String[] header = rows.get(0);
    int[] kept =
        IntStream.range(0, header.length)
            .filter(i -> !MEASURED.matcher(header[i]).matches())
            .toArray();
    return rows.stream().map(row -> Arrays.stream(kept).mapToObj(i -> row[i]).toList()).toList();
  }

  /**
   * What a search's cache knows that no clock decided. The hash of a checkpoint is of its times
   * too; and a value that is found twice, because a kill came between, stands there twice.
   */
  private static Set<JsonNode> values(String text) {
    Set<String> measured = new TreeSet<>();
    Set<JsonNode> values = new HashSet<>();
    for (String line : text.lines().toList()) {
      ObjectNode node = (ObjectNode) Json.parse(line, "search-cache.jsonl");
      if (node.at("/is/value").asText().equals("latency_ms")) {
        measured.add(node.path("origin").asText());
      }
      if (!measured.contains(node.path("origin").asText())) {
        values.add(untimed(node.without(List.of("origin")), false));
      }
    }
    return values;
  }

  /** The header without times, and all bits of the data. */
  private static Object tensors(byte[] bytes, boolean timed) {
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    JsonNode node = Json.parse(new String(bytes, 8, header, StandardCharsets.UTF_8), "header");
    JsonNode ours = Json.parse(node.at("/__metadata__/mos").asText(), "metadata");
    ((ObjectNode) node.path("__metadata__")).remove("mos");
    int data = Arrays.hashCode(Arrays.copyOfRange(bytes, 8 + header, bytes.length));
    ByteBuffer bits = ByteBuffer.wrap(bytes, 8 + header, bytes.length - 8 - header).slice();
    return List.of(untimed(node, timed), untimed(ours, timed), bits, data);
  }

  private static JsonNode untimed(JsonNode node, boolean timed) {
    if (node instanceof ObjectNode object) {
      for (String key : new TreeSet<>(keys(object))) {
        // The hash of a checkpoint is of the times in it too.
        boolean hash = object.path(key).asText().matches("[0-9a-f]{64}");
        if (MEASURED.matcher(key).matches()
            || (timed && MEASURED_COST.matcher(key).matches())
            || (hash && key.matches("checkpoint(_sha256)?"))) {
          object.remove(key);
        } else {
          untimed(object.path(key), timed);
        }
      }
    } else {
      node.forEach(item -> untimed(item, timed));
    }
    return node;
  }

  private static List<String> keys(ObjectNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }
}
