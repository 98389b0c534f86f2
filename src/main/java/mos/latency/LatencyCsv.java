package mos.latency;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * The CSV form of a latency dataset: HAT's 14 columns, then, in datasets made here, the
 * interquartile range and the architecture, layer by layer, in {@link LayerColumns}.
 *
 * <p>Source: the datasets published with Wang et al., HAT (ACL 2020).
 */
final class LatencyCsv {
  /** HAT's columns. */
  static final List<String> HAT_COLUMNS;

  static {
    List<String> columns = new ArrayList<>(ArchitectureFeatures.AGGREGATE_NAMES);
    columns.addAll(
        List.of(
            "latency_mean_encoder",
            "latency_mean_decoder",
            "latency_std_encoder",
            "latency_std_decoder"));
    HAT_COLUMNS = List.copyOf(columns);
  }

  private static final int FEATURES = ArchitectureFeatures.AGGREGATE_SIZE;
  private static final String INTERQUARTILE = "latency_interquartile";

  /** Longest line, in characters. */
  static final int MAX_LINE = 1 << 17;

  private final LayerColumns layers;

  /**
   * The form with such columns.
   *
   * @param layers none: HAT's columns alone
   */
  LatencyCsv(LayerColumns layers) {
    this.layers = layers;
  }

  /** The form for the SubTransformers of a space. */
  static LatencyCsv of(SearchSpace space) {
    return new LatencyCsv(LayerColumns.of(space));
  }

  /** All columns in order. */
  List<String> columns() {
    List<String> columns = new ArrayList<>(HAT_COLUMNS);
    if (layers.any()) {
      columns.add(INTERQUARTILE);
      columns.addAll(layers.names());
    }
    return columns;
  }

  String header() {
    return String.join(",", columns()) + "\n";
  }

  /** One line; the row must know its architecture unless only HAT's columns are written. */
  String line(LatencyRow row) {
    Latency latency = row.latency();
    List<Object> cells = new ArrayList<>();
    row.features().forEach(f -> cells.add(f == Math.rint(f) ? (Object) f.longValue() : f));
    cells.addAll(
        List.of(
            latency.encoderMs(),
            latency.decoderMs(),
            latency.encoderStdMs(),
            latency.decoderStdMs()));
    if (layers.any()) {
      cells.add(latency.interquartileMs());
      cells.addAll(layers.cells(row.architecture().orElseThrow()));
    }
    return cells.stream().map(Object::toString).collect(Collectors.joining(",")) + "\n";
  }

  /**
   * Reads a dataset made here or published by HAT.
   *
   * @throws MosException naming file and line of what cannot be read
   */
  static List<LatencyRow> read(Path file) {
    List<LatencyRow> rows = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String header = reader.readLine();
      LatencyCsv form = of(header == null ? "" : header, file);
      int number = 1;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows.add(form.parse(line, file + ":" + ++number));
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return rows;
  }

  private static LatencyCsv of(String header, Path file) {
    List<String> got = List.of(limited(header, file + ":1").strip().split(",", -1));
    LatencyCsv form = new LatencyCsv(LayerColumns.of(got));
    List<String> need = form.columns();
    for (int i = 0; i < Math.max(got.size(), need.size()); i++) {
      String is = i < got.size() ? got.get(i) : "nothing";
      String must = i < need.size() ? need.get(i) : "nothing";
      if (!is.equals(must)) {
        throw new MosException(
            file + ":1: column " + (i + 1) + ": got " + shown(is) + ", must be " + must);
      }
    }
    return form;
  }

  private static String limited(String line, String where) {
    if (line.length() > MAX_LINE) {
      throw new MosException(
          where + ": got a line of " + line.length() + " characters, must be at most " + MAX_LINE);
    }
    return line;
  }

  private LatencyRow parse(String line, String where) {
    String[] cells = limited(line, where).strip().split(",", -1);
    List<String> columns = columns();
    if (cells.length != columns.size()) {
      throw new MosException(where + ": got " + cells.length + " values, need " + columns.size());
    }
    double[] values = new double[cells.length];
    for (int i = 0; i < cells.length; i++) {
      values[i] = number(cells[i], columns.get(i), where);
    }
    List<Double> features = Arrays.stream(values, 0, FEATURES).boxed().toList();
    try {
      Latency latency =
          new Latency(
              values[FEATURES],
              values[FEATURES + 1],
              values[FEATURES + 2],
              values[FEATURES + 3],
              layers.any() ? values[FEATURES + 4] : 0);
      Optional<SubTransformer> architecture =
          layers.any()
              ? Optional.of(layers.architecture(values, HAT_COLUMNS.size() + 1))
              : Optional.empty();
      return new LatencyRow(features, latency, architecture);
    } catch (MosException e) {
      throw new MosException(where + ": " + e.getMessage(), e);
    }
  }

  private static double number(String cell, String column, String where) {
    double value;
    try {
      value = Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    // A runner may give one number for all, which is then the decoder's.
    boolean positive = column.equals("latency_mean_decoder");
    boolean perLayer = Character.isDigit(column.charAt(column.length() - 1));
    if (!Double.isFinite(value) || Math.abs(value) > 1e12 || (positive && value <= 0)) {
      throw new MosException(
          where
              + ": "
              + column
              + ": got "
              + shown(cell)
              + ", must be a "
              + (positive ? "positive" : "finite")
              + " number");
    }
    if (perLayer && value != Math.rint(value)) {
      throw new MosException(
          where + ": " + column + ": got " + shown(cell) + ", must be a whole number");
    }
    return value;
  }

  private static String shown(String text) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
