package mos.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.util.List;

/**
 * A graph and what stands outside of it.
 *
 * @param model with its operators and small constants
 * @param initializers large constants
 */
record OnnxGraph(ModelProto model, List<Initializer> initializers) {}
