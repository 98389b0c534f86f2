package mos.latency;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;
import mos.space.Dimension;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * The CSV form of a latency dataset: HAT's 14 columns, then, in datasets made here, the
 * interquartile range and every layer's values ({@code decoder_ffn_embed_dim_1}, …; 0 for layers
 * the SubTransformer does not have).
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
  private static final int ENCODER_WIDTH = 0;
  private static final int ENCODER_DEPTH = 1;
  private static final int DECODER_WIDTH = 4;
  private static final int DECODER_DEPTH = 5;
  private static final int MAX_LAYERS = 1000;

  /** Longest line, in characters. */
  static final int MAX_LINE = 1 << 17;

  private static final List<Dimension> LAYERED =
      Arrays.stream(Dimension.values())
          .filter(dimension -> dimension.perLayer() && !dimension.optional())
          .toList();

  private final int encoderLayers;
  private final int decoderLayers;
  private final int encoderExperts;
  private final int decoderExperts;
  private final List<Dimension> options;

  /**
   * The form with columns for so many layers.
   *
   * @param encoderLayers 0 with {@code decoderLayers} 0 for HAT's columns alone
   * @param encoderExperts most token experts of an encoder layer, 1: no columns for them
   * @param decoderExperts the decoder's
   * @param options the dimensions of head sizes and activations that have columns, in order
   */
  LatencyCsv(
      int encoderLayers,
      int decoderLayers,
      int encoderExperts,
      int decoderExperts,
      List<Dimension> options) {
    this.options = options;
    this.encoderLayers = encoderLayers;
    this.decoderLayers = decoderLayers;
    this.encoderExperts = encoderExperts;
    this.decoderExperts = decoderExperts;
  }

  /** The form for the SubTransformers of a space. */
  static LatencyCsv of(SearchSpace space) {
    return new LatencyCsv(
        space.maxEncoderLayers(),
        space.maxDecoderLayers(),
        space.mostExperts(true),
        space.mostExperts(false),
        options(space::uses));
  }

  private static List<Dimension> options(Predicate<Dimension> there) {
    return Arrays.stream(Dimension.values())
        .filter(Dimension::ofLayerOptions)
        .filter(there)
        .toList();
  }

  /** The FFN sizes of one side's token experts: one column per expert and layer, 0 for none. */
  private static String expertColumn(boolean encoder, int layer, int expert) {
    return (encoder ? "encoder" : "decoder") + "_expert_ffn_embed_dim_" + layer + "_" + expert;
  }

  private int layers(Dimension dimension) {
    return dimension.ofEncoder() ? encoderLayers : decoderLayers;
  }

  /** All columns in order. */
  List<String> columns() {
    List<String> columns = new ArrayList<>(HAT_COLUMNS);
    if (decoderLayers > 0) {
      columns.add(INTERQUARTILE);
      for (Dimension dimension : LAYERED) {
        addColumns(columns, dimension);
      }
      addExpertColumns(columns, true, encoderLayers, encoderExperts);
      addExpertColumns(columns, false, decoderLayers, decoderExperts);
      for (Dimension dimension : options) {
        addColumns(columns, dimension);
      }
    }
    return columns;
  }

  private void addColumns(List<String> columns, Dimension dimension) {
    for (int i = 1; i <= layers(dimension); i++) {
      columns.add(dimension.jsonKey() + "_" + i);
    }
  }

  private void addLayers(List<Object> cells, Dimension dimension, SubTransformer architecture) {
    List<Integer> values = architecture.values(dimension);
    for (int i = 0; i < layers(dimension); i++) {
      cells.add(i < values.size() ? values.get(i) : 0);
    }
  }

  private static void addExpertColumns(
      List<String> columns, boolean encoder, int layers, int experts) {
    Dimension numbers = encoder ? Dimension.ENCODER_EXPERTS : Dimension.DECODER_EXPERTS;
    for (int i = 1; experts > 1 && i <= layers; i++) {
      columns.add(numbers.jsonKey() + "_" + i);
      for (int k = 2; k <= experts; k++) {
        columns.add(expertColumn(encoder, i, k));
      }
    }
  }

  private static void addExperts(
      List<Object> cells, List<List<Integer>> others, int layers, int experts) {
    for (int i = 0; experts > 1 && i < layers; i++) {
      List<Integer> layer = i < others.size() ? others.get(i) : List.of();
      cells.add(layer.size() + 1);
      for (int k = 0; k < experts - 1; k++) {
        cells.add(k < layer.size() ? layer.get(k) : 0);
      }
    }
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
    if (decoderLayers > 0) {
      cells.add(latency.interquartileMs());
      SubTransformer architecture = row.architecture().orElseThrow();
      for (Dimension dimension : LAYERED) {
        addLayers(cells, dimension, architecture);
      }
      addExperts(cells, architecture.otherExperts(true), encoderLayers, encoderExperts);
      addExperts(cells, architecture.otherExperts(false), decoderLayers, decoderExperts);
      for (Dimension dimension : options) {
        addLayers(cells, dimension, architecture);
      }
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
    LatencyCsv form =
        new LatencyCsv(
            layers(got, Dimension.ENCODER_FFN),
            layers(got, Dimension.DECODER_FFN),
            experts(got, true),
            experts(got, false),
            options(dimension -> got.contains(dimension.jsonKey() + "_1")));
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

  private static int layers(List<String> columns, Dimension dimension) {
    int layers = 0;
    while (layers < MAX_LAYERS && columns.contains(dimension.jsonKey() + "_" + (layers + 1))) {
      layers++;
    }
    return layers;
  }

  private static int experts(List<String> columns, boolean encoder) {
    int experts = 1;
    while (experts < Dimension.MAX_TOKEN_EXPERTS
        && columns.contains(expertColumn(encoder, 1, experts + 1))) {
      experts++;
    }
    return experts;
  }

  /** The FFN sizes of further token experts, from column {@code start} on. */
  private static List<List<Integer>> others(
      double[] values, int start, int active, int experts, String side) {
    List<List<Integer>> others = new ArrayList<>();
    for (int i = 0; experts > 1 && i < active; i++) {
      int at = start + i * experts;
      int number = (int) values[at];
      if (number < 1 || number > experts) {
        throw new MosException(
            side + " token experts: got " + number + ", the file has columns for " + experts);
      }
      others.add(whole(values, at + 1, number - 1));
    }
    return others;
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
              decoderLayers > 0 ? values[FEATURES + 4] : 0);
      return decoderLayers > 0
          ? new LatencyRow(features, latency, Optional.of(architecture(values)))
          : new LatencyRow(features, latency, Optional.empty());
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

  /** The layer-by-layer architecture, which must have the averages of the row's first columns. */
  private SubTransformer architecture(double[] values) {
    Map<Dimension, List<Integer>> read = new EnumMap<>(Dimension.class);
    read.put(Dimension.ENCODER_EMBED, List.of((int) values[ENCODER_WIDTH]));
    read.put(Dimension.DECODER_EMBED, List.of((int) values[DECODER_WIDTH]));
    int next = HAT_COLUMNS.size() + 1;
    for (Dimension dimension : LAYERED) {
      int active = active(values, dimension);
      if (active < 1 || active > layers(dimension)) {
        throw new MosException(
            dimension.layers().jsonKey()
                + ": got "
                + active
                + ", the file has columns for "
                + layers(dimension));
      }
      read.put(dimension, whole(values, next, active));
      next += layers(dimension);
    }
    int decoderOthers = next + (encoderExperts > 1 ? encoderLayers * encoderExperts : 0);
    int further = decoderOthers + (decoderExperts > 1 ? decoderLayers * decoderExperts : 0);
    for (Dimension option : options) {
      read.put(option, whole(values, further, active(values, option)));
      further += layers(option);
    }
    int encoderDepth = (int) values[ENCODER_DEPTH];
    int decoderDepth = (int) values[DECODER_DEPTH];
    SubTransformer architecture =
        new SubTransformer(read)
            .withOtherExperts(true, others(values, next, encoderDepth, encoderExperts, "encoder"))
            .withOtherExperts(
                false, others(values, decoderOthers, decoderDepth, decoderExperts, "decoder"));
    double[] features = ArchitectureFeatures.aggregate(architecture);
    for (int i = 0; i < FEATURES; i++) {
      if (Math.abs(features[i] - values[i]) > 1e-6 * Math.max(1, Math.abs(features[i]))) {
        throw new MosException(
            HAT_COLUMNS.get(i) + ": got " + values[i] + ", the layers give " + features[i]);
      }
    }
    return architecture;
  }

  /** The depth of a dimension's side. */
  private static int active(double[] values, Dimension dimension) {
    return (int) values[dimension.ofEncoder() ? ENCODER_DEPTH : DECODER_DEPTH];
  }

  private static List<Integer> whole(double[] values, int start, int count) {
    return Arrays.stream(values, start, start + count).mapToObj(value -> (int) value).toList();
  }

  private static String shown(String text) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
