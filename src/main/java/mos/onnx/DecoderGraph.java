package mos.onnx;

import static mos.onnx.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import mos.onnx.Initializer.Form;
import mos.onnx.ModelSizes.Heads;
import mos.space.Dimension;
import mos.space.SubTransformer;

/**
 * One step of the decoder, for all beams of some sentences.
 *
 * <p>Inputs:
 *
 * <ul>
 *   <li>{@value #TOKENS} (n, beam) int64, what is read
 *   <li>{@value #STEPS} (n) int64, steps that each sentence has taken
 *   <li>{@value #SOURCE_MASK} (n, length), 0 for a token of the source, −1e9 behind its end
 *   <li>{@value #MASK} (n, 1, beam, entries), 0 for an entry that a beam sees, else −1e9
 *   <li>for each number of heads H of a self-attention, {@code places.H} (n, H, beam, 3) int64: the
 *       sentence, head and entry where a beam's new key and value go
 *   <li>for each layer i {@code past_keys.i} and {@code past_values.i}, (n, H, entries, K)
 *   <li>for each layer i {@code keys.i} and {@code values.i}, of the encoder's graph
 * </ul>
 *
 * <p>Outputs: {@value #SCORES} (n·beam, V) of the next token; {@code present_keys.i} and {@code
 * present_values.i}: the past ones with the new ones in their places. Both may be the same memory,
 * and nothing is then copied. Entries never move when beams do; the mask says which a beam descends
 * from.
 */
final class DecoderGraph {
  static final String TOKENS = "tokens";
  static final String STEPS = "steps";
  static final String SOURCE_MASK = "source_mask";
  static final String MASK = "mask";
  static final String SCORES = "log_probabilities";

  private final ModelSizes sizes;
  private final GraphBuilder graph = new GraphBuilder("decoder");
  private final LayerBuilder layers;
  private final Map<Integer, String> sourceMasks = new HashMap<>();
  private String leading;

  private DecoderGraph(ModelSizes sizes, OnnxPrecision precision) {
    this.sizes = sizes;
    layers = new LayerBuilder(graph, precision);
  }

  static GraphBuilder of(ModelSizes sizes, OnnxPrecision precision) {
    DecoderGraph decoder = new DecoderGraph(sizes, precision);
    decoder.build();
    return decoder.graph;
  }

  static String places(int heads) {
    return "places." + heads;
  }

  private void build() {
    SubTransformer a = sizes.architecture();
    int width = a.decoderEmbedDim();
    graph.input(TOKENS, DataType.INT64, "n", "beam");
    graph.input(STEPS, DataType.INT64, "n");
    graph.input(SOURCE_MASK, DataType.FLOAT, "n", "length");
    graph.input(MASK, DataType.FLOAT, "n", 1, "beam", "entries");
    for (int heads : sizes.headCounts()) {
      graph.input(places(heads), DataType.INT64, "n", heads, "beam", 3);
    }
    leading = graph.node("Shape", List.of(TOKENS));
    String table =
        graph.stored(new Parameter("decoder.positions", sizes.maxPositions(), width), Form.PLAIN);
    String positions =
        graph.node(
            "Unsqueeze", List.of(graph.node("Gather", List.of(table, STEPS)), graph.longs(1)));
    String embedded =
        graph.node("Add", List.of(layers.embed(TOKENS, sizes.targetEmbedding()), positions));
    String x = graph.node("Reshape", List.of(embedded, graph.longs(-1, width)));
    for (int i = 0; i < a.decoderLayers(); i++) {
      String name = "decoder.layers." + i;
      x = layers.addNorm(self(x, i, name), x, name + ".self_attn_layer_norm", width);
      x = layers.addNorm(cross(x, i, name), x, name + ".encoder_attn_layer_norm", width);
      String f =
          layers.feedForward(
              x,
              name,
              width,
              a.value(Dimension.DECODER_FFN, i),
              sizes.activation(Dimension.DECODER_ACTIVATION, i));
      x = layers.addNorm(f, x, name + ".final_layer_norm", width);
    }
    String logits = layers.project(x, sizes.outputEmbedding());
    graph.nodeTo(SCORES, "LogSoftmax", List.of(logits), attribute("axis", -1));
    graph.output(SCORES, "rows", sizes.targetVocabulary());
  }

  private String self(String x, int layer, String name) {
    int width = sizes.architecture().decoderEmbedDim();
    Heads heads = sizes.heads(Dimension.DECODER_HEADS, layer);
    String projected = layers.linear(x, name + ".self_attn.in_proj", width, 3 * heads.width());
    List<String> parts = layers.heads(projected, leading, 3, heads);
    String keys = present("keys." + layer, parts.get(1), heads);
    String values = present("values." + layer, parts.get(2), heads);
    String attended = layers.attend(parts.get(0), keys, values, MASK, heads);
    return layers.linear(attended, name + ".self_attn.out_proj", heads.width(), width);
  }

  private String present(String name, String added, Heads heads) {
    Object[] shape = {"n", heads.count(), "entries", heads.size()};
    String past = graph.input("past_" + name, DataType.FLOAT, shape);
    String present =
        graph.nodeTo("present_" + name, "ScatterND", List.of(past, places(heads.count()), added));
    graph.output(present, shape);
    return present;
  }

  private String cross(String x, int layer, String name) {
    int width = sizes.architecture().decoderEmbedDim();
    Heads heads = sizes.heads(Dimension.ENCODER_DECODER_HEADS, layer);
    int attended = sizes.architecture().attendedEncoderLayers(layer);
    String projected = layers.linear(x, name + ".encoder_attn.query", width, heads.width());
    String query = layers.heads(projected, leading, 1, heads).get(0);
    Object[] shape = {"n", heads.count(), "source_entries_" + attended, heads.size()};
    String keys = graph.input("keys." + layer, DataType.FLOAT, shape);
    String values = graph.input("values." + layer, DataType.FLOAT, shape);
    String mask = sourceMasks.computeIfAbsent(attended, this::sourceMask);
    String read = layers.attend(query, keys, values, mask, heads);
    return layers.linear(read, name + ".encoder_attn.out_proj", heads.width(), width);
  }

  /** The source's mask, each of its entries several times: (n, 1, 1, length·count). */
  private String sourceMask(int count) {
    String mask = SOURCE_MASK;
    if (count > 1) {
      String column = graph.node("Unsqueeze", List.of(SOURCE_MASK, graph.longs(2)));
      String repeated = graph.node("Tile", List.of(column, graph.longs(1, 1, count)));
      String n = graph.node("Slice", List.of(leading, graph.longs(0), graph.longs(1)));
      String shape = graph.node("Concat", List.of(n, graph.longs(-1)), attribute("axis", 0));
      mask = graph.node("Reshape", List.of(repeated, shape));
    }
    return graph.node("Unsqueeze", List.of(mask, graph.longs(1, 2)));
  }
}
