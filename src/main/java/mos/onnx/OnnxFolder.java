package mos.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;

/**
 * A folder with an ONNX model: {@value #ENCODER}, {@value #DECODER}, the weights of both in {@value
 * WeightsLayout#FILE}, and {@value #CONFIG}. Any runtime of opset 17 can compute with the first
 * three; the operators are standard ones.
 */
public final class OnnxFolder {
  /** The encoder's graph. */
  public static final String ENCODER = "encoder.onnx";

  /** The graph of one step of the decoder. */
  public static final String DECODER = "decoder.onnx";

  /** Sizes and names. */
  public static final String CONFIG = "config.json";

  /** The weights of both graphs. */
  public static final String WEIGHTS = WeightsLayout.FILE;

  private OnnxFolder() {}

  /**
   * Writes weights, graphs and, last, the configuration.
   *
   * @param config what it is to say of the model; gets the rest
   * @throws ConfigurationException for a model that has no such form
   * @throws MosException when a file cannot be written
   */
  public static void write(
      Path folder,
      ModelSizes sizes,
      OnnxPrecision precision,
      Parameters parameters,
      ObjectNode config) {
    OnnxGraphs graphs = OnnxGraphs.of(sizes, precision);
    WeightsLayout weights = graphs.weights();
    for (Initializer initializer : weights.initializers().values()) {
      if (initializer.parameter().bytes() > Integer.MAX_VALUE) {
        throw new ConfigurationException(
            initializer.name()
                + ": has "
                + initializer.parameter().bytes()
                + " bytes, at most 2^31 − 1 fit an ONNX model's matrix");
      }
    }
    AtomicFile.write(
        folder.resolve(WeightsLayout.FILE), out -> writeWeights(weights, parameters, out));
    AtomicFile.write(folder.resolve(ENCODER), graphs.encoder().model()::writeTo);
    AtomicFile.write(folder.resolve(DECODER), graphs.decoder().model()::writeTo);
    OnnxConfig.put(config, precision, weights.size());
    AtomicFile.writeString(folder.resolve(CONFIG), Json.pretty(config));
  }

  private static void writeWeights(WeightsLayout weights, Parameters parameters, OutputStream out)
      throws IOException {
    // Scales and numbers of one matrix are made of the same values.
    Map<Parameter, float[]> last = new HashMap<>();
    long at = 0;
    for (Initializer initializer : weights.initializers().values()) {
      out.write(new byte[Math.toIntExact(weights.offset(initializer.name()) - at)]);
      Parameter parameter = initializer.parameter();
      if (!last.containsKey(parameter)) {
        last.clear();
        last.put(parameter, parameter.values(parameters));
      }
      ByteBuffer bytes =
          ByteBuffer.allocate(Math.toIntExact(initializer.bytes())).order(ByteOrder.LITTLE_ENDIAN);
      initializer.put(last.get(parameter), bytes);
      out.write(bytes.array());
      at = weights.offset(initializer.name()) + initializer.bytes();
    }
  }

  /** Whether a path is a folder with a model of this form, whatever else is wrong with it. */
  public static boolean concerns(Path folder) {
    Path config = folder.resolve(CONFIG);
    return Files.exists(config) && OnnxConfig.concerns(Json.read(config));
  }

  /**
   * Reads the configuration and looks at the files, so that what is wrong is told by its name.
   *
   * @throws MosException for a file that is missing, cut, of another opset or not of this program
   */
  public static OnnxConfig check(Path folder) {
    if (!Files.exists(folder.resolve(CONFIG))) {
      throw new MosException(
          folder + ": has no " + CONFIG + "; `mos export --format onnx` writes a model's folder");
    }
    Path file = folder.resolve(CONFIG);
    OnnxConfig config = OnnxConfig.of(Json.read(file), file.toString());
    long bytes = size(folder.resolve(WeightsLayout.FILE));
    if (bytes != config.weightBytes()) {
      throw new MosException(
          folder.resolve(WeightsLayout.FILE)
              + ": has "
              + bytes
              + " bytes, need "
              + config.weightBytes()
              + "; the file was cut or belongs to another model");
    }
    checkGraph(folder.resolve(ENCODER), config);
    checkGraph(folder.resolve(DECODER), config);
    return config;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private static void checkGraph(Path file, OnnxConfig config) {
    ModelProto model = read(file);
    if (!model.getProducerName().equals(GraphBuilder.PRODUCER)) {
      throw new MosException(
          file
              + ": an ONNX model that "
              + (model.getProducerName().isEmpty() ? "another program" : model.getProducerName())
              + " wrote; need one of `mos export --format onnx`");
    }
    long opset = model.getOpsetImportCount() == 0 ? 0 : model.getOpsetImport(0).getVersion();
    if (model.getOpsetImportCount() != 1 || opset != GraphBuilder.OPSET) {
      throw new MosException(
          file + ": of opset " + opset + ", need " + GraphBuilder.OPSET + "; export it again");
    }
    Map<String, String> properties = new HashMap<>();
    model.getMetadataPropsList().forEach(p -> properties.put(p.getKey(), p.getValue()));
    if (!properties.equals(OnnxGraphs.properties(config.precision()))) {
      throw new MosException(
          file + ": says " + properties + ", need " + OnnxGraphs.properties(config.precision()));
    }
  }

  private static ModelProto read(Path file) {
    try {
      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
      if (model.hasGraph()) {
        return model;
      }
      throw new MosException(file + ": not an ONNX model, it has no graph");
    } catch (InvalidProtocolBufferException e) {
      throw new MosException(file + ": not an ONNX model, or cut: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }
}
