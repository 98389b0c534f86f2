package mos.onnx;

import static mos.onnx.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.onnx.Initializer.Form;
import mos.onnx.ModelSizes.Heads;
import mos.space.Dimension;
import mos.space.SubTransformer;

/**
 * The encoder, and what each decoder layer's attention to it reads: keys and values, made once.
 *
 * <p>Input: {@value #SOURCE} (batch, length) int64, padded at the right. Outputs, for each decoder
 * layer i: {@code keys.i} and {@code values.i}, (batch, H, a·length, K), where a is the number of
 * encoder layers attended to; the entries of a token stand side by side, the last layer's first.
 */
final class EncoderGraph {
  static final String SOURCE = "source";
  private static final long PAD = 1;

  /** Added to the scores of what may not be seen; their share is then 0. */
  static final float UNSEEN = -1e9f;

  private final ModelSizes sizes;
  private final GraphBuilder graph = new GraphBuilder("encoder");
  private final LayerBuilder layers;
  private final Map<Integer, String> memories = new HashMap<>();

  private EncoderGraph(ModelSizes sizes, OnnxPrecision precision) {
    this.sizes = sizes;
    layers = new LayerBuilder(graph, precision);
  }

  static GraphBuilder of(ModelSizes sizes, OnnxPrecision precision) {
    EncoderGraph encoder = new EncoderGraph(sizes, precision);
    encoder.build();
    return encoder.graph;
  }

  private void build() {
    SubTransformer a = sizes.architecture();
    int width = a.encoderEmbedDim();
    graph.input(SOURCE, DataType.INT64, "batch", "length");
    String shape = graph.node("Shape", List.of(SOURCE));
    String padding = graph.node("Equal", List.of(SOURCE, graph.number(PAD)));
    String unseen = graph.node("Where", List.of(padding, graph.number(UNSEEN), graph.number(0f)));
    String mask = graph.node("Unsqueeze", List.of(unseen, graph.longs(1, 2)));
    String table =
        graph.stored(new Parameter("encoder.positions", sizes.maxPositions(), width), Form.PLAIN);
    String length = graph.node("Slice", List.of(shape, graph.longs(1), graph.longs(2)));
    String positions = graph.node("Slice", List.of(table, graph.longs(0), length, graph.longs(0)));
    String embedded =
        graph.node("Add", List.of(layers.embed(SOURCE, sizes.sourceEmbedding()), positions));
    String x = graph.node("Reshape", List.of(embedded, graph.longs(-1, width)));
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < a.encoderLayers(); i++) {
      String name = "encoder.layers." + i;
      Heads heads = sizes.heads(Dimension.ENCODER_HEADS, i);
      String projected = layers.linear(x, name + ".self_attn.in_proj", width, 3 * heads.width());
      List<String> parts = layers.heads(projected, shape, 3, heads);
      String attended = layers.attend(parts.get(0), parts.get(1), parts.get(2), mask, heads);
      String out = layers.linear(attended, name + ".self_attn.out_proj", heads.width(), width);
      x = layers.addNorm(out, x, name + ".self_attn_layer_norm", width);
      String f =
          layers.feedForward(
              x,
              name,
              width,
              a.value(Dimension.ENCODER_FFN, i),
              sizes.activation(Dimension.ENCODER_ACTIVATION, i));
      x = layers.addNorm(f, x, name + ".final_layer_norm", width);
      outputs.add(x);
    }
    String batch = graph.node("Slice", List.of(shape, graph.longs(0), graph.longs(1)));
    String leading = graph.node("Concat", List.of(batch, graph.longs(-1)), attribute("axis", 0));
    sizes.decoderLayers().forEach(i -> keysAndValues(i, outputs, leading));
  }

  private void keysAndValues(int layer, List<String> outputs, String leading) {
    int width = sizes.architecture().encoderEmbedDim();
    int attended = sizes.architecture().attendedEncoderLayers(layer);
    Heads heads = sizes.heads(Dimension.ENCODER_DECODER_HEADS, layer);
    String memory = memories.computeIfAbsent(attended, count -> memory(count, outputs, width));
    String projected =
        layers.linear(
            memory,
            "decoder.layers." + layer + ".encoder_attn.key_value",
            width,
            2 * heads.width());
    List<String> parts = layers.heads(projected, leading, 2, heads);
    output("keys." + layer, parts.get(0), heads, attended);
    output("values." + layer, parts.get(1), heads, attended);
  }

  /** Sizes of one name are one number to a runtime, which plans memory with them. */
  private void output(String name, String value, Heads heads, int attended) {
    graph.nodeTo(name, "Identity", List.of(value));
    graph.output(name, "batch", heads.count(), "entries_" + attended, heads.size());
  }

  /** The outputs of the last layers side by side, (batch·length·count, D). */
  private String memory(int count, List<String> outputs, int width) {
    if (count == 1) {
      return outputs.get(outputs.size() - 1);
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String output = outputs.get(outputs.size() - 1 - i);
      parts.add(graph.node("Unsqueeze", List.of(output, graph.longs(1))));
    }
    String side = graph.node("Concat", parts, attribute("axis", 1));
    return graph.node("Reshape", List.of(side, graph.longs(-1, width)));
  }
}
