package mos.latency;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private static final Logger LOG = LoggerFactory.getLogger(LatencyCsv.class);
  private static final int FEATURES = ArchitectureFeatures.AGGREGATE_SIZE;
  private static final String INTERQUARTILE = "latency_interquartile";

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
   * Reads a dataset made here or published by HAT. Columns may be in any order; those of other
   * names are left out, with a warning.
   *
   * @throws MosException naming file and line of what cannot be read
   */
  static List<LatencyRow> read(Path file) {
    List<LatencyRow> rows = new ArrayList<>();
    try (CsvTable table = new CsvTable(file)) {
      LatencyCsv form = new LatencyCsv(LayerColumns.of(table.columns()));
      int[] places = form.places(table.columns(), file + ":1");
      for (List<String> row = table.next(); row != null; row = table.next()) {
        rows.add(form.parse(Arrays.stream(places).mapToObj(row::get).toList(), table.where()));
      }
    }
    return rows;
  }

  /** Whether rows of this form may be added to a file. */
  boolean continues(Path file) {
    try (CsvTable table = new CsvTable(file)) {
      return table.columns().equals(columns());
    }
  }

  /** Where a file has the columns of this form. */
  private int[] places(List<String> got, String where) {
    List<String> need = columns();
    for (String column : need) {
      if (!got.contains(column)) {
        String all = got.stream().limit(20).map(CsvTable::shown).collect(Collectors.joining(", "));
        throw new MosException(where + ": column " + column + " is missing, got " + all);
      }
    }
    List<String> others = got.stream().filter(c -> !c.isEmpty() && !need.contains(c)).toList();
    if (!others.isEmpty()) {
      LOG.warn("{}: columns of other names are left out: {}", where, String.join(", ", others));
    }
    return need.stream().mapToInt(got::indexOf).toArray();
  }

  private LatencyRow parse(List<String> cells, String where) {
    List<String> columns = columns();
    double[] values = new double[cells.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(cells.get(i), columns.get(i), where);
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
              + CsvTable.shown(cell)
              + ", must be a "
              + (positive ? "positive" : "finite")
              + " number");
    }
    if (perLayer && value != Math.rint(value)) {
      throw new MosException(
          where + ": " + column + ": got " + CsvTable.shown(cell) + ", must be a whole number");
    }
    return value;
  }
}
