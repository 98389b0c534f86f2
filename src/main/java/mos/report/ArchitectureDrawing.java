package mos.report;

import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mos.space.Dimension;
import mos.space.SubTransformer;

/**
 * Draws a SubTransformer layer by layer: the encoder on the left and the decoder on the right of
 * their connection, the first layer at the bottom. Bars are FFN and embedding sizes, all to one
 * scale; squares are attention heads; curves lead from encoder layers to the decoder layers that
 * attend to them.
 */
final class ArchitectureDrawing {
  private static final double TOP = 34;
  private static final double ROW = 36;
  private static final double BAR = 26;
  private static final double LONGEST_BAR = 196;
  private static final double HEADS = 74;
  private static final double GAP = 10;
  private static final double LABEL = 20;
  // The drawing is a mirror: these are distances from its middle.
  private static final double CURVE_END = 50;
  private static final double ENCODER_HEADS = CURVE_END + LABEL;
  private static final double ENCODER_BAR = ENCODER_HEADS + HEADS + GAP;
  private static final double MIDDLE = LONGEST_BAR + ENCODER_BAR + 4;
  private static final double CROSS_HEADS = CURVE_END + LABEL;
  private static final double SELF_HEADS = CROSS_HEADS + HEADS + GAP;
  private static final double DECODER_BAR = SELF_HEADS + HEADS + GAP;
  private static final double WIDTH = MIDDLE + DECODER_BAR + LONGEST_BAR + 4;

  private final SubTransformer architecture;
  private final int rows;
  private final double scale;
  private final Svg svg;

  private ArchitectureDrawing(SubTransformer architecture, double widest) {
    this.architecture = architecture;
    rows = Math.max(architecture.encoderLayers(), architecture.decoderLayers());
    scale = LONGEST_BAR / widest;
    svg =
        new Svg(
            "plot drawing",
            WIDTH,
            TOP + (rows + 1) * ROW + 10,
            "Found SubTransformer",
            describe(architecture));
  }

  /** The largest FFN or embedding size: that of the longest bar. */
  static int widest(SubTransformer architecture) {
    return Math.max(
        Math.max(architecture.encoderEmbedDim(), architecture.decoderEmbedDim()),
        Math.max(
            Collections.max(architecture.values(Dimension.ENCODER_FFN)),
            Collections.max(architecture.values(Dimension.DECODER_FFN))));
  }

  /** The drawing as an SVG element, its largest size as the longest bar. */
  static String svg(SubTransformer architecture) {
    return svg(architecture, widest(architecture));
  }

  /**
   * The drawing as an SVG element.
   *
   * @param widest the size that the longest bar stands for, the same for drawings to be compared
   */
  static String svg(SubTransformer architecture, int widest) {
    ArchitectureDrawing drawing = new ArchitectureDrawing(architecture, widest);
    drawing.headers();
    drawing.connections();
    drawing.encoder();
    drawing.decoder();
    return drawing.svg.finish();
  }

  /** The architecture in a sentence, for those who do not see the drawing. */
  static String describe(SubTransformer architecture) {
    return "Encoder: embedding "
        + architecture.encoderEmbedDim()
        + ", "
        + architecture.encoderLayers()
        + " layers with FFN sizes "
        + experts(architecture.encoderLayers(), architecture::encoderExperts)
        + " and "
        + join(architecture.values(Dimension.ENCODER_HEADS))
        + " heads. Decoder: embedding "
        + architecture.decoderEmbedDim()
        + ", "
        + architecture.decoderLayers()
        + " layers with FFN sizes "
        + experts(architecture.decoderLayers(), architecture::decoderExperts)
        + ", "
        + join(architecture.values(Dimension.DECODER_HEADS))
        + " self-attention heads and "
        + join(architecture.values(Dimension.ENCODER_DECODER_HEADS))
        + " encoder-decoder heads.";
  }

  /** The layers' FFN sizes, those of a layer's token experts joined by +. */
  private static String experts(int layers, IntFunction<List<Integer>> sizes) {
    return IntStream.range(0, layers)
        .mapToObj(
            layer ->
                sizes.apply(layer).stream().map(String::valueOf).collect(Collectors.joining("+")))
        .collect(Collectors.joining(", "));
  }

  private void headers() {
    header(-ENCODER_BAR, "end", "Encoder FFN");
    header(-ENCODER_HEADS, "end", "self");
    header(CROSS_HEADS, "start", "cross");
    header(SELF_HEADS, "start", "self");
    header(DECODER_BAR, "start", "Decoder FFN");
  }

  private void encoder() {
    for (int layer = 0; layer < architecture.encoderLayers(); layer++) {
      double y = y(layer);
      number(-CURVE_END - LABEL / 2, y, layer);
      int heads = architecture.value(Dimension.ENCODER_HEADS, layer);
      heads(-ENCODER_HEADS, y, heads, -1, "encoder", "self-attention heads");
      bar(-ENCODER_BAR, y, architecture.value(Dimension.ENCODER_FFN, layer), -1, "encoder");
    }
    embedding(-ENCODER_BAR, architecture.encoderEmbedDim(), -1);
  }

  private void decoder() {
    for (int layer = 0; layer < architecture.decoderLayers(); layer++) {
      double y = y(layer);
      number(CURVE_END + LABEL / 2, y, layer);
      int cross = architecture.value(Dimension.ENCODER_DECODER_HEADS, layer);
      heads(CROSS_HEADS, y, cross, 1, "cross", "encoder-decoder attention heads");
      int self = architecture.value(Dimension.DECODER_HEADS, layer);
      heads(SELF_HEADS, y, self, 1, "decoder", "self-attention heads");
      bar(DECODER_BAR, y, architecture.value(Dimension.DECODER_FFN, layer), 1, "decoder");
    }
    embedding(DECODER_BAR, architecture.decoderEmbedDim(), 1);
  }

  private void connections() {
    svg.open("g", "class", "connections");
    for (int layer = 0; layer < architecture.decoderLayers(); layer++) {
      for (int i = 0; i < architecture.attendedEncoderLayers(layer); i++) {
        int from = architecture.encoderLayers() - 1 - i;
        double start = y(from) + BAR / 2;
        double end = y(layer) + BAR / 2;
        String path =
            "M"
                + point(-CURVE_END, start)
                + "C"
                + point(0, start)
                + " "
                + point(0, end)
                + " "
                + point(CURVE_END, end);
        String title = "decoder layer " + (layer + 1) + " attends to encoder layer " + (from + 1);
        svg.leafWithTitle(title, "path", "d", path);
      }
    }
    svg.close();
  }

  private void bar(double x, double y, int size, int direction, String cssClass) {
    double width = size * scale;
    double left = MIDDLE + (direction < 0 ? x - width : x);
    svg.leafWithTitle(
        "FFN " + size,
        "rect",
        "class",
        cssClass,
        "x",
        left,
        "y",
        y,
        "width",
        width,
        "height",
        BAR,
        "rx",
        2);
    boolean inside = width >= 64;
    // Numbers sit at the bar's inner end, where they line up; beside bars too short for them.
    double at = MIDDLE + x + direction * (inside ? 8 : width + 8);
    String anchor = direction < 0 ? "end" : "start";
    svg.text(
        at, y + BAR / 2, anchor, inside ? "inside middle" : "tick middle", Integer.toString(size));
  }

  private void heads(double x, double y, int heads, int direction, String cssClass, String name) {
    // More heads than have room as squares become a solid block; the tooltip tells the number.
    double pitch = HEADS / Math.max(8, heads);
    boolean block = pitch < 3;
    svg.open("g", "class", cssClass);
    for (int i = 0; i < (block ? 1 : heads); i++) {
      double width = block ? HEADS : pitch * 0.78;
      double left = MIDDLE + x + direction * (block ? 0 : i * pitch) - (direction < 0 ? width : 0);
      svg.leafWithTitle(
          heads + " " + name,
          "rect",
          "x",
          left,
          "y",
          y + (BAR - 12) / 2,
          "width",
          width,
          "height",
          12,
          "rx",
          1);
    }
    svg.close();
  }

  private void embedding(double bar, int size, int direction) {
    double y = TOP + rows * ROW + 8;
    double width = size * scale;
    double left = MIDDLE + (direction < 0 ? bar - width : bar);
    svg.leafWithTitle(
        "embedding " + size,
        "rect",
        "class",
        "embedding",
        "x",
        left,
        "y",
        y,
        "width",
        width,
        "height",
        BAR,
        "rx",
        2);
    String inwards = direction < 0 ? "start" : "end";
    svg.text(MIDDLE + bar - direction * GAP, y + BAR / 2, inwards, "tick middle", "embedding");
    double at = MIDDLE + bar + direction * (width + 8);
    svg.text(
        at, y + BAR / 2, direction < 0 ? "end" : "start", "tick middle", Integer.toString(size));
  }

  private void header(double x, String anchor, String text) {
    svg.text(MIDDLE + x, 18, anchor, "name", text);
  }

  private void number(double x, double y, int layer) {
    svg.text(MIDDLE + x, y + BAR / 2, "middle", "tick middle", Integer.toString(layer + 1));
  }

  private double y(int layer) {
    return TOP + (rows - 1 - layer) * ROW;
  }

  private static String point(double x, double y) {
    return Svg.number(MIDDLE + x) + " " + Svg.number(y);
  }

  private static String join(List<Integer> values) {
    return values.toString().replaceAll("[\\[\\]]", "");
  }
}
