package mos.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.host.Hardware;
import mos.space.SubTransformer;

/**
 * Measured latencies of random SubTransformers: a CSV file whose first columns are HAT's, and
 * beside it {@code <csv>.json} with hardware, seed, space and settings. Row i's architecture
 * depends on seed and i alone and rows are synced one by one, so a killed run continues with the
 * next row.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.3 and its published datasets.
 *
 * @param rows in the order of the file
 * @param hardware what was measured on; empty for files published without that
 */
public record LatencyDataset(List<LatencyRow> rows, Optional<Hardware> hardware) {
  private static final String PROVENANCE = "provenance";

  /** Architectures, row by row, of a dataset that was measured from a plan's file. */
  private static final String LISTED = "architectures";

  /** Keeps a copy of the rows. */
  public LatencyDataset {
    rows = List.copyOf(rows);
  }

  /** Is told of every finished row. */
  @FunctionalInterface
  public interface Progress {
    /**
     * One row more is there.
     *
     * @param rows finished, of all that are planned
     */
    void finished(int rows, int of, LatencyRow last);
  }

  /**
   * What a dataset is made of; all of it is stored in the side file.
   *
   * @param rows what is to be measured
   * @param hardware this machine
   * @param made what it is begun with and from, by key, for people; another may continue it
   */
  public record Plan(LatencyPlan rows, Hardware hardware, Map<String, String> made) {
    /** Keeps a copy of what it is made with. */
    public Plan {
      made = Map.copyOf(made);
    }

    /** Everything that decides it but the size, which may grow from run to run. */
    private JsonNode decisive() {
      ObjectNode json = Json.object();
      json.set("hardware", Json.tree(hardware));
      json.put("seed", rows.seed());
      json.set("space", Json.tree(rows.space()));
      json.set("settings", Json.tree(rows.settings()));
      if (!rows.listed().isEmpty()) {
        json.set(LISTED, LatencyPlan.toJson(rows.listed()));
      }
      // Parsed again, so that numbers have the types they have when read from the file.
      return Json.parse(Json.line(json), "plan");
    }
  }

  /** The file beside the CSV. */
  public static Path sideFile(Path csv) {
    return csv.resolveSibling(csv.getFileName() + ".json");
  }

  /**
   * Measures what {@code csv} lacks of the planned rows.
   *
   * @param measurement of one SubTransformer
   * @throws ConfigurationException when the file was begun with another plan or on other hardware
   */
  public static LatencyDataset build(
      Path csv, Plan plan, Function<SubTransformer, Latency> measurement, Progress progress) {
    AtomicFile.continued(csv);
    int done = resume(csv, plan);
    LatencyCsv form = LatencyCsv.of(plan.rows().space());
    try (FileChannel out =
        FileChannel.open(csv, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      out.position(out.size());
      if (out.size() == 0) {
        append(out, form.header());
      }
      int size = plan.rows().size();
      for (int i = done; i < size; i++) {
        SubTransformer architecture = plan.rows().architecture(i);
        LatencyRow row = LatencyRow.of(architecture, measurement.apply(architecture));
        append(out, form.line(row));
        progress.finished(i + 1, size, row);
      }
    } catch (IOException e) {
      throw new MosException("cannot write " + csv + ": " + AtomicFile.describe(e), e);
    }
    return read(csv);
  }

  private static void append(FileChannel out, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    out.force(false);
  }

  /** Drops a half-written last line and returns how many rows are there; makes the side file. */
  private static int resume(Path csv, Plan plan) {
    Path side = sideFile(csv);
    int rows = 0;
    if (size(csv) > 0) {
      if (!Files.exists(side)) {
        throw new ConfigurationException(
            csv
                + ": got a file of unknown origin (no "
                + side
                + "), need a dataset begun here to continue, or a new file name; or delete it to"
                + " measure anew");
      }
      dropPartialLine(csv);
      rows = size(csv) == 0 ? 0 : LatencyCsv.read(csv).size();
    }
    if (rows == 0) {
      ObjectNode all = (ObjectNode) plan.decisive();
      all.set(PROVENANCE, Json.tree(new TreeMap<>(plan.made())));
      AtomicFile.writeString(side, Json.pretty(all));
      return 0;
    }
    JsonNode begun = begun(side, csv);
    if (begun instanceof ObjectNode object) {
      object.remove(PROVENANCE);
    }
    JsonNode planned = plan.decisive();
    takeSameDevice(begun, plan.hardware(), side);
    if (!begun.equals(planned)) {
      throw new ConfigurationException(
          csv
              + ": got a dataset begun differently ("
              + String.join("; ", differences("", begun, planned))
              + "), need the same plan and hardware to continue, or a new file name");
    }
    if (!LatencyCsv.of(plan.rows().space()).continues(csv)) {
      throw new ConfigurationException(
          csv
              + ": got other columns than were written here, need the same ones to continue, or a"
              + " new file name");
    }
    return rows;
  }

  /** A runner's command may be told in the words of an earlier version. */
  private static void takeSameDevice(JsonNode begun, Hardware now, Path side) {
    if (begun.path("hardware") instanceof ObjectNode hardware
        && Hardware.fromJson(hardware, side.toString()).sameDevice(now)) {
      hardware.put("device", now.device());
    }
  }

  private static JsonNode begun(Path side, Path csv) {
    try {
      return Json.read(side).deepCopy();
    } catch (MosException e) {
      throw new MosException(
          e.getMessage() + "; bring it back, or delete " + csv + " to measure anew", e);
    }
  }

  private static List<String> differences(String path, JsonNode begun, JsonNode planned) {
    if (begun.equals(planned)) {
      return List.of();
    }
    if (begun.isArray() || planned.isArray()) {
      return List.of(path.substring(1) + " are others");
    }
    if (!begun.isObject() || !planned.isObject()) {
      String text = begun.isMissingNode() ? "nothing" : begun.toString();
      return List.of(path.substring(1) + " " + text + ", now " + planned);
    }
    TreeSet<String> keys = new TreeSet<>();
    begun.fieldNames().forEachRemaining(keys::add);
    planned.fieldNames().forEachRemaining(keys::add);
    return keys.stream()
        .flatMap(key -> differences(path + "." + key, begun.path(key), planned.path(key)).stream())
        .toList();
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private static void dropPartialLine(Path csv) {
    try (FileChannel channel =
        FileChannel.open(csv, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      ByteBuffer tail = ByteBuffer.allocate((int) Math.min(size, CsvTable.MAX_LINE));
      while (tail.hasRemaining() && channel.read(tail, size - tail.remaining()) > 0) {}
      int end = tail.position();
      while (end > 0 && tail.get(end - 1) != '\n') {
        end--;
      }
      if (end == 0 && size > tail.capacity()) {
        throw new MosException(csv + ": got a last line of over " + tail.capacity() + " bytes");
      }
      channel.truncate(size - tail.position() + end);
    } catch (IOException e) {
      throw new MosException("cannot repair " + csv + ": " + AtomicFile.describe(e), e);
    }
  }

  /**
   * Reads a dataset made here or published by HAT.
   *
   * @throws MosException naming file and line of what cannot be read
   */
  public static LatencyDataset read(Path csv) {
    List<LatencyRow> rows = LatencyCsv.read(csv);
    Path side = sideFile(csv);
    if (!Files.exists(side)) {
      return new LatencyDataset(rows, Optional.empty());
    }
    JsonNode begun = Json.read(side);
    checkListed(rows, LatencyPlan.architectures(begun.path(LISTED), side.toString()), csv);
    return new LatencyDataset(
        rows, Optional.of(Hardware.fromJson(begun.path("hardware"), side.toString())));
  }

  /** A file that came from a device has the plan's rows and no others. */
  private static void checkListed(List<LatencyRow> rows, List<SubTransformer> listed, Path csv) {
    for (int i = 0; i < rows.size() && !listed.isEmpty(); i++) {
      if (i >= listed.size() || !rows.get(i).architecture().equals(Optional.of(listed.get(i)))) {
        throw new MosException(
            csv
                + ": row "
                + (i + 1)
                + " is not the architecture that "
                + sideFile(csv)
                + " lists there: rows of several files were mixed, or were changed; need both files"
                + " as latency-dataset wrote them");
      }
    }
  }
}
