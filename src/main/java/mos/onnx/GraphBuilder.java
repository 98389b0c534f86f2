package mos.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts a graph together, of standard operators alone; what a step makes is known by its name. */
final class GraphBuilder {
  /** Of the operators' standard. */
  static final int OPSET = 17;

  /** Of the file format, the one that belongs to {@link #OPSET}. */
  private static final int IR_VERSION = 8;

  static final String PRODUCER = "mos";

  private final GraphProto.Builder graph;
  private final Map<String, Initializer> initializers = new LinkedHashMap<>();
  private final Map<String, String> constants = new LinkedHashMap<>();

  GraphBuilder(String name) {
    graph = GraphProto.newBuilder().setName(name);
  }

  /** A dimension's size, or, where it changes, its name. */
  private static TypeProto type(DataType type, Object[] dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      if (dimension instanceof Integer size) {
        shape.addDimBuilder().setDimValue(size);
      } else {
        shape.addDimBuilder().setDimParam(dimension.toString());
      }
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape).build();
    return TypeProto.newBuilder().setTensorType(tensor).build();
  }

  /** Declares an input; returns its name. */
  String input(String name, DataType type, Object... dimensions) {
    graph.addInput(ValueInfoProto.newBuilder().setName(name).setType(type(type, dimensions)));
    return name;
  }

  /** Declares an fp32 output, which a node of this name makes. */
  void output(String name, Object... dimensions) {
    graph.addOutput(
        ValueInfoProto.newBuilder().setName(name).setType(type(DataType.FLOAT, dimensions)));
  }

  /** A node with one output; returns that. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    return nodeTo(
        operator.toLowerCase(Locale.ROOT) + "_" + graph.getNodeCount(),
        operator,
        inputs,
        attributes);
  }

  /** A node with one output of a given name; returns that. */
  String nodeTo(String output, String operator, List<String> inputs, AttributeProto... attributes) {
    nodeTo(List.of(output), operator, inputs, attributes);
    return output;
  }

  /** A node with several outputs; returns them. */
  List<String> nodes(
      int outputs, String operator, List<String> inputs, AttributeProto... attributes) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(operator.toLowerCase(Locale.ROOT) + "_" + graph.getNodeCount() + "_" + i);
    }
    nodeTo(names, operator, inputs, attributes);
    return names;
  }

  private void nodeTo(
      List<String> outputs, String operator, List<String> inputs, AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(operator + "_" + graph.getNodeCount())
            .setOpType(operator)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllAttribute(Arrays.asList(attributes)));
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto attribute(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(attribute::addInts);
    return attribute.build();
  }

  /** A small int64 vector. */
  String longs(long... values) {
    ByteBuffer bytes = bytes(Long.BYTES * values.length);
    Arrays.stream(values).forEach(bytes::putLong);
    return constant(DataType.INT64, bytes, true, values.length);
  }

  /** An int64 number without dimensions. */
  String number(long value) {
    return constant(DataType.INT64, bytes(Long.BYTES).putLong(value), false, 0);
  }

  /** An fp32 number without dimensions. */
  String number(float value) {
    return constant(DataType.FLOAT, bytes(Float.BYTES).putFloat(value), false, 0);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(DataType type, ByteBuffer bytes, boolean vector, int length) {
    String key = type + (vector ? "[]" : "") + Arrays.toString(bytes.array());
    return constants.computeIfAbsent(
        key,
        unknown -> {
          TensorProto.Builder tensor =
              TensorProto.newBuilder()
                  .setName("constant_" + constants.size())
                  .setDataType(type.getNumber())
                  .setRawData(ByteString.copyFrom(bytes.array()));
          if (vector) {
            tensor.addDims(length);
          }
          graph.addInitializer(tensor);
          return tensor.getName();
        });
  }

  /** A constant that stands outside. */
  String stored(Parameter parameter, Initializer.Form form) {
    Initializer initializer = new Initializer(parameter, form);
    initializers.putIfAbsent(initializer.name(), initializer);
    return initializer.name();
  }

  /**
   * Ends the work.
   *
   * @param weights the file with what stands outside, which are given their places there
   * @param properties noted in the model
   */
  OnnxGraph build(WeightsLayout weights, Map<String, String> properties) {
    for (Initializer initializer : initializers.values()) {
      long offset = weights.place(initializer);
      TensorProto.Builder tensor =
          TensorProto.newBuilder()
              .setName(initializer.name())
              .setDataType(initializer.type().getNumber())
              .setDataLocation(TensorProto.DataLocation.EXTERNAL)
              .addExternalData(entry("location", WeightsLayout.FILE))
              .addExternalData(entry("offset", Long.toString(offset)))
              .addExternalData(entry("length", Long.toString(initializer.bytes())));
      Arrays.stream(initializer.shape()).forEach(tensor::addDims);
      graph.addInitializer(tensor);
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName(PRODUCER)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph);
    properties.forEach((key, value) -> model.addMetadataProps(entry(key, value)));
    return new OnnxGraph(model.build(), List.copyOf(initializers.values()));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
