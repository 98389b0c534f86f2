package mos.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One graph, ready to run. Tensors are the caller's; nothing is made in a run. */
final class OnnxSession implements AutoCloseable {
  private final OrtSession session;
  private final String name;

  /** What the graph reads as long as it is open. */
  private final Map<String, OnnxTensor> constants;

  private OnnxSession(String name, OrtSession session, Map<String, OnnxTensor> constants) {
    this.name = name;
    this.session = session;
    this.constants = constants;
  }

  /** A graph in a file whose constants stand beside it. */
  static OnnxSession of(Path file, int threads) {
    return new OnnxSession(
        file.toString(),
        OnnxRuntime.call(
            file.toString(),
            () -> {
              try (SessionOptions options = OnnxRuntime.options(threads)) {
                return OnnxRuntime.environment().createSession(file.toString(), options);
              }
            }),
        Map.of());
  }

  /** A graph in memory. */
  static OnnxSession of(OnnxGraph graph, Weights weights, int threads) {
    String name = graph.model().getGraph().getName();
    Map<String, OnnxTensor> constants = new LinkedHashMap<>();
    try {
      graph.initializers().forEach(i -> constants.put(i.name(), weights.of(i)));
      OrtSession session =
          OnnxRuntime.call(
              name,
              () -> {
                try (SessionOptions options = OnnxRuntime.options(threads)) {
                  options.addExternalInitializers(Map.copyOf(constants));
                  return OnnxRuntime.environment()
                      .createSession(graph.model().toByteArray(), options);
                }
              });
      return new OnnxSession(name, session, constants);
    } catch (RuntimeException e) {
      constants.values().forEach(OnnxTensor::close);
      throw e;
    }
  }

  /** Computes all outputs, each into the memory of its tensor. */
  void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
    OnnxRuntime.call(
        name,
        () -> {
          session.run(inputs, Set.of(), outputs).close();
          return null;
        });
  }

  @Override
  public void close() {
    OnnxRuntime.close(session);
    constants.values().forEach(OnnxTensor::close);
  }
}
