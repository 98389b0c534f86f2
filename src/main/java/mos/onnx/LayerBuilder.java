package mos.onnx;

import static mos.onnx.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import mos.onnx.Initializer.Form;

/** The layers of a Transformer as operators. Rows of activations are tokens, (N, D). */
final class LayerBuilder {
  private static final float LAYER_NORM_EPSILON = 1e-5f;

  private final GraphBuilder graph;
  private final OnnxPrecision precision;

  /** Activations that are quantised already: numbers, scale, zero point. */
  private final Map<String, List<String>> quantized = new HashMap<>();

  /** Shapes that are put together, by their parts. */
  private final Map<String, String> shapes = new HashMap<>();

  LayerBuilder(GraphBuilder graph, OnnxPrecision precision) {
    this.graph = graph;
    this.precision = precision;
  }

  /** (N, in) → (N, out), an affine map with parameters name.weight and name.bias. */
  String linear(String x, String name, int in, int out) {
    Parameter bias = new Parameter(name + ".bias", out, 1);
    return product(x, new Parameter(name + ".weight", out, in), graph.stored(bias, Form.PLAIN));
  }

  /** (N, in) → (N, out), without a bias. */
  String project(String x, Parameter matrix) {
    return precision == OnnxPrecision.FP32
        ? graph.node("Gemm", List.of(x, graph.stored(matrix, Form.PLAIN)), attribute("transB", 1))
        : graph.node("Mul", integerProduct(x, matrix));
  }

  private String product(String x, Parameter matrix, String bias) {
    if (precision == OnnxPrecision.FP32) {
      return graph.node(
          "Gemm", List.of(x, graph.stored(matrix, Form.PLAIN), bias), attribute("transB", 1));
    }
    return graph.node("Add", List.of(graph.node("Mul", integerProduct(x, matrix)), bias));
  }

  /** The product of 8-bit numbers, and what it must be multiplied by. */
  private List<String> integerProduct(String x, Parameter matrix) {
    List<String> q =
        quantized.computeIfAbsent(
            x, unknown -> graph.nodes(3, "DynamicQuantizeLinear", List.of(x)));
    String weights = graph.stored(matrix, Form.TRANSPOSED);
    String sums = graph.node("MatMulInteger", List.of(q.get(0), weights, q.get(2)));
    String floats = graph.node("Cast", List.of(sums), attribute("to", DataType.FLOAT.getNumber()));
    String scale = graph.node("Mul", List.of(q.get(1), graph.stored(matrix, Form.SCALES)));
    return List.of(floats, scale);
  }

  /** (…) int64 symbols → (…, D), times the root of D. */
  String embed(String symbols, Parameter table) {
    float root = (float) Math.sqrt(table.columns());
    if (precision == OnnxPrecision.FP32) {
      String rows = graph.node("Gather", List.of(graph.stored(table, Form.PLAIN), symbols));
      return graph.node("Mul", List.of(rows, graph.number(root)));
    }
    String rows = graph.node("Gather", List.of(graph.stored(table, Form.ROWS), symbols));
    String floats = graph.node("Cast", List.of(rows), attribute("to", DataType.FLOAT.getNumber()));
    String steps = graph.node("Gather", List.of(graph.stored(table, Form.SCALES), symbols));
    String scale = graph.node("Mul", List.of(steps, graph.number(root)));
    return graph.node(
        "Mul", List.of(floats, graph.node("Unsqueeze", List.of(scale, graph.longs(-1)))));
  }

  /** The layer norm of a sublayer's result added to what it read. */
  String addNorm(String sublayer, String x, String name, int width) {
    String sum = graph.node("Add", List.of(sublayer, x));
    return graph.node(
        "LayerNormalization",
        List.of(
            sum,
            graph.stored(new Parameter(name + ".weight", width, 1), Form.PLAIN),
            graph.stored(new Parameter(name + ".bias", width, 1), Form.PLAIN)),
        attribute("axis", -1),
        attribute("epsilon", LAYER_NORM_EPSILON));
  }

  /** (N, D) → (N, D). */
  String feedForward(String x, String layer, int width, int ffn, String activation) {
    String hidden = activated(linear(x, layer + ".fc1", width, ffn), activation);
    return linear(hidden, layer + ".fc2", ffn, width);
  }

  private String activated(String x, String activation) {
    return switch (activation) {
      case "relu" -> graph.node("Relu", List.of(x));
      case "swish" -> graph.node("Mul", List.of(x, graph.node("Sigmoid", List.of(x))));
      case "gelu" -> {
        String ratio = graph.node("Div", List.of(x, graph.number((float) Math.sqrt(2))));
        String sum =
            graph.node("Add", List.of(graph.node("Erf", List.of(ratio)), graph.number(1f)));
        String product = graph.node("Mul", List.of(x, sum));
        yield graph.node("Mul", List.of(product, graph.number(0.5f)));
      }
      default -> throw new IllegalArgumentException(activation);
    };
  }

  /**
   * Queries, keys or values for each head.
   *
   * @param projected (N, parts·Q)
   * @param leading a vector of two sizes whose product is N, those of sentences and tokens
   * @return of each part, (sentences, H, tokens, K)
   */
  List<String> heads(String projected, String leading, int parts, ModelSizes.Heads heads) {
    if (parts == 1) {
      String split = reshape(projected, leading, heads.count(), heads.size());
      return List.of(graph.node("Transpose", List.of(split), attribute("perm", 0, 2, 1, 3)));
    }
    String split = reshape(projected, leading, parts, heads.count(), heads.size());
    String ordered = graph.node("Transpose", List.of(split), attribute("perm", 2, 0, 3, 1, 4));
    return IntStream.range(0, parts)
        .mapToObj(i -> graph.node("Gather", List.of(ordered, graph.number((long) i))))
        .toList();
  }

  private String reshape(String x, String leading, long... sizes) {
    String last = graph.longs(sizes);
    String shape =
        shapes.computeIfAbsent(
            leading + last,
            unknown -> graph.node("Concat", List.of(leading, last), attribute("axis", 0)));
    return graph.node("Reshape", List.of(x, shape));
  }

  /**
   * Attention.
   *
   * @param query (sentences, H, tokens, K)
   * @param keys (sentences, H, entries, K)
   * @param mask added to scores: 0, or very small for what is not seen
   * @return (N, Q)
   */
  String attend(String query, String keys, String values, String mask, ModelSizes.Heads heads) {
    String scaled =
        graph.node("Mul", List.of(query, graph.number((float) (1 / Math.sqrt(heads.size())))));
    String turned = graph.node("Transpose", List.of(keys), attribute("perm", 0, 1, 3, 2));
    String scores = graph.node("MatMul", List.of(scaled, turned));
    String masked = graph.node("Add", List.of(scores, mask));
    String weights = graph.node("Softmax", List.of(masked), attribute("axis", -1));
    String attended = graph.node("MatMul", List.of(weights, values));
    String merged = graph.node("Transpose", List.of(attended), attribute("perm", 0, 2, 1, 3));
    return graph.node("Reshape", List.of(merged, graph.longs(-1, heads.width())));
  }
}
