package mos.port;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import mos.base.Json;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.model.TransformerWeights.DecoderLayer;
import mos.model.TransformerWeights.EncoderLayer;
import mos.nn.FeedForward;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.nn.MultiHeadAttention;
import mos.nn.PositionWise;
import mos.onnx.ModelSizes;
import mos.onnx.OnnxFolder;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxOptions;
import mos.onnx.OnnxPrecision;
import mos.onnx.Parameters;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.Tensor;

/** Writes a plain Transformer as a folder for ONNX Runtime. */
public final class OnnxExport {
  /** By its name; made when it is asked for. */
  private final Map<String, Supplier<Tensor>> tensors = new HashMap<>();

  private OnnxExport() {}

  /**
   * Writes the folder; what it held under the same names is replaced, the configuration last.
   *
   * @param description of the model as it was trained
   * @param plain the materialised SubTransformer, on the CPU
   * @param data a folder with the model's dictionaries, if known
   * @throws mos.base.ConfigurationException naming what has no such form
   * @throws mos.base.MosException when a file cannot be written
   */
  public static void write(
      Path folder,
      ModelDescription description,
      SuperTransformer plain,
      SubTransformer architecture,
      Optional<Path> data,
      OnnxPrecision precision) {
    ModelDescription single = ExportedModel.single(description, plain, architecture);
    ModelSizes sizes = plain.config().graphSizes(architecture);
    try (Scope scope = Scope.open()) {
      Parameters parameters = parameters(plain.derive(architecture, Precision.FP32));
      ObjectNode config = ExportedConfig.toJson(single);
      data.ifPresent(from -> ExportedModel.copyTextFiles(from, folder, single, config));
      OnnxFolder.write(folder, sizes, precision, parameters, config);
    }
  }

  /**
   * Reads what the model of a folder is.
   *
   * @throws mos.base.MosException for a value that is missing or impossible
   */
  public static ModelDescription description(Path folder) {
    Path config = folder.resolve(ExportedModel.CONFIG);
    return ExportedConfig.description(Json.read(config), config.toString());
  }

  /**
   * A model that ONNX Runtime computes with, without files.
   *
   * @param weights in fp32, on the CPU; read before this returns
   * @throws mos.base.ConfigurationException naming what has no such form
   */
  public static OnnxModel open(TransformerWeights weights, OnnxOptions options) {
    try (Scope scope = Scope.open()) {
      return OnnxModel.of(
          weights.config().graphSizes(weights.architecture()),
          options.precision(),
          options.threads(),
          parameters(weights));
    }
  }

  /** A model's weights under the names of the graphs; read in the scope that holds them. */
  static Parameters parameters(TransformerWeights weights) {
    OnnxExport export = new OnnxExport();
    export.collect(weights);
    return parameter -> {
      try (Scope scope = Scope.open()) {
        return Tensors.toFloats(export.tensors.get(parameter.name()).get());
      }
    };
  }

  private void collect(TransformerWeights weights) {
    put("embedding", weights.sourceEmbedding());
    put("encoder.embedding", weights.sourceEmbedding());
    put("decoder.embedding", weights.targetEmbedding());
    put("output.embedding", weights.outputEmbedding());
    put("encoder.positions", weights.sourcePositions());
    put("decoder.positions", weights.targetPositions());
    for (int i = 0; i < weights.encoderLayers().size(); i++) {
      EncoderLayer layer = weights.encoderLayers().get(i);
      String name = "encoder.layers." + i + ".";
      self(name, layer.selfAttention());
      norm(name + "self_attn_layer_norm", layer.selfAttentionNorm());
      feedForward(name, layer.feedForward());
      norm(name + "final_layer_norm", layer.finalNorm());
    }
    for (int i = 0; i < weights.decoderLayers().size(); i++) {
      DecoderLayer layer = weights.decoderLayers().get(i);
      String name = "decoder.layers." + i + ".";
      self(name, layer.selfAttention());
      norm(name + "self_attn_layer_norm", layer.selfAttentionNorm());
      MultiHeadAttention cross = layer.encoderAttention();
      part(name + "encoder_attn.query", cross, cross.query(), 1);
      part(name + "encoder_attn.key_value", cross, cross.keyValue(), 2);
      linear(name + "encoder_attn.out_proj", cross.output());
      norm(name + "encoder_attn_layer_norm", layer.encoderAttentionNorm());
      feedForward(name, layer.feedForward());
      norm(name + "final_layer_norm", layer.finalNorm());
    }
  }

  private void put(String name, Tensor tensor) {
    tensors.put(name, () -> tensor);
  }

  private void self(String layer, MultiHeadAttention attention) {
    part(layer + "self_attn.in_proj", attention, attention.keyValue(), 3);
    linear(layer + "self_attn.out_proj", attention.output());
  }

  /** A projection may be wider than what is used of each of its parts. */
  private void part(String name, MultiHeadAttention attention, Linear linear, int parts) {
    long width = attention.width();
    tensors.put(name + ".weight", () -> used(linear.weight(), parts, width));
    tensors.put(name + ".bias", () -> used(linear.bias().get(), parts, width));
  }

  private static Tensor used(Tensor rows, int parts, long width) {
    return rows.view(parts, rows.size(0) / parts, -1).narrow(1, 0, width);
  }

  private void linear(String name, Linear linear) {
    tensors.put(name + ".weight", linear::weight);
    tensors.put(name + ".bias", () -> linear.bias().get());
  }

  private void norm(String name, LayerNorm norm) {
    tensors.put(name + ".weight", () -> norm.weight().get());
    tensors.put(name + ".bias", () -> norm.bias().get());
  }

  /** {@link ModelSizes} has refused token experts. */
  private void feedForward(String layer, PositionWise positionWise) {
    FeedForward dense = (FeedForward) positionWise;
    linear(layer + "fc1", dense.fc1());
    linear(layer + "fc2", dense.fc2());
  }
}
