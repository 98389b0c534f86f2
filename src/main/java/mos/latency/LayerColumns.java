package mos.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;
import mos.space.Dimension;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * The columns of a latency dataset that give an architecture layer by layer: {@code
 * decoder_ffn_embed_dim_1}, …; 0 for layers that the SubTransformer does not have. Widths and
 * depths are in HAT's columns.
 *
 * @param encoderLayers columns for so many
 * @param decoderLayers 0 with {@code encoderLayers} 0: no columns at all
 * @param encoderExperts most token experts of an encoder layer, 1: no columns for them
 * @param decoderExperts the decoder's
 * @param options the layer options, such as head sizes, that have columns, in order
 */
record LayerColumns(
    int encoderLayers,
    int decoderLayers,
    int encoderExperts,
    int decoderExperts,
    List<Dimension> options) {
  static final LayerColumns NONE = new LayerColumns(0, 0, 1, 1, List.of());

  private static final int FEATURES = ArchitectureFeatures.AGGREGATE_SIZE;
  private static final int MAX_LAYERS = 1000;

  private static final List<Dimension> LAYERED =
      Arrays.stream(Dimension.values())
          .filter(dimension -> dimension.perLayer() && !dimension.optional())
          .toList();

  /** Those for the SubTransformers of a space. */
  static LayerColumns of(SearchSpace space) {
    return new LayerColumns(
        space.maxEncoderLayers(),
        space.maxDecoderLayers(),
        space.mostExperts(true),
        space.mostExperts(false),
        options(space::uses));
  }

  /** Those that a file has, where its columns are any that could have been written. */
  static LayerColumns of(List<String> columns) {
    return new LayerColumns(
        layers(columns, Dimension.ENCODER_FFN),
        layers(columns, Dimension.DECODER_FFN),
        experts(columns, true),
        experts(columns, false),
        options(dimension -> columns.contains(dimension.jsonKey() + "_1")));
  }

  private static List<Dimension> options(Predicate<Dimension> there) {
    return Arrays.stream(Dimension.values())
        .filter(dimension -> dimension.kind().option())
        .filter(there)
        .toList();
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

  /** The FFN sizes of one side's token experts: one column per expert and layer, 0 for none. */
  private static String expertColumn(boolean encoder, int layer, int expert) {
    return (encoder ? "encoder" : "decoder") + "_expert_ffn_embed_dim_" + layer + "_" + expert;
  }

  private int layers(Dimension dimension) {
    return dimension.ofEncoder() ? encoderLayers : decoderLayers;
  }

  /** Whether there are any. */
  boolean any() {
    return decoderLayers > 0;
  }

  /** Their names in order. */
  List<String> names() {
    List<String> columns = new ArrayList<>();
    for (Dimension dimension : LAYERED) {
      addColumns(columns, dimension);
    }
    addExpertColumns(columns, true, encoderLayers, encoderExperts);
    addExpertColumns(columns, false, decoderLayers, decoderExperts);
    for (Dimension dimension : options) {
      addColumns(columns, dimension);
    }
    return columns;
  }

  /** What they hold for an architecture. */
  List<Integer> cells(SubTransformer architecture) {
    List<Integer> cells = new ArrayList<>();
    for (Dimension dimension : LAYERED) {
      addLayers(cells, dimension, architecture);
    }
    addExperts(cells, architecture.otherExperts(true), encoderLayers, encoderExperts);
    addExperts(cells, architecture.otherExperts(false), decoderLayers, decoderExperts);
    for (Dimension dimension : options) {
      addLayers(cells, dimension, architecture);
    }
    return cells;
  }

  private void addColumns(List<String> columns, Dimension dimension) {
    for (int i = 1; i <= layers(dimension); i++) {
      columns.add(dimension.jsonKey() + "_" + i);
    }
  }

  private void addLayers(List<Integer> cells, Dimension dimension, SubTransformer architecture) {
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
      List<Integer> cells, List<List<Integer>> others, int layers, int experts) {
    for (int i = 0; experts > 1 && i < layers; i++) {
      List<Integer> layer = i < others.size() ? others.get(i) : List.of();
      cells.add(layer.size() + 1);
      for (int k = 0; k < experts - 1; k++) {
        cells.add(k < layer.size() ? layer.get(k) : 0);
      }
    }
  }

  /**
   * The architecture of a row, which must have the averages of the row's first columns.
   *
   * @param start where these columns begin
   * @throws MosException naming what is impossible
   */
  SubTransformer architecture(double[] values, int start) {
    Map<Dimension, List<Integer>> read = new EnumMap<>(Dimension.class);
    for (Dimension dimension : List.of(Dimension.ENCODER_EMBED, Dimension.DECODER_EMBED)) {
      read.put(dimension, List.of((int) values[ArchitectureFeatures.place(dimension)]));
    }
    int next = start;
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
    int encoderDepth = active(values, Dimension.ENCODER_FFN);
    int decoderDepth = active(values, Dimension.DECODER_FFN);
    SubTransformer architecture =
        new SubTransformer(read)
            .withOtherExperts(true, others(values, next, encoderDepth, encoderExperts, "encoder"))
            .withOtherExperts(
                false, others(values, decoderOthers, decoderDepth, decoderExperts, "decoder"));
    double[] features = ArchitectureFeatures.aggregate(architecture);
    for (int i = 0; i < FEATURES; i++) {
      if (Math.abs(features[i] - values[i]) > 1e-6 * Math.max(1, Math.abs(features[i]))) {
        throw new MosException(
            ArchitectureFeatures.AGGREGATE_NAMES.get(i)
                + ": got "
                + values[i]
                + ", the layers give "
                + features[i]);
      }
    }
    return architecture;
  }

  /** The depth of a dimension's side. */
  private static int active(double[] values, Dimension dimension) {
    return (int) values[ArchitectureFeatures.place(dimension.layers())];
  }

  private static List<Integer> whole(double[] values, int start, int count) {
    return Arrays.stream(values, start, start + count).mapToObj(value -> (int) value).toList();
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
}
