package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Writes graphs as exporters do: values numbered, weights of floats or halves, branches that read
 * the constants of the graph around them.
 */
final class GraphWriter {

  static final String MICROSOFT = "com.microsoft";

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final GraphWriter around;
  private final DataType floats;
  private int values;

  /** A whole model's graph. */
  GraphWriter(DataType floats) {
    this(null, "main", floats);
  }

  private GraphWriter(GraphWriter around, String name, DataType floats) {
    this.around = around;
    this.floats = floats;
    graph.setName(name);
  }

  /** A branch, whose constants are kept by the graph around it. */
  GraphWriter branch(String name) {
    return new GraphWriter(this, name, floats);
  }

  DataType floats() {
    return floats;
  }

  private String fresh(String operator) {
    return "/" + graph.getName() + "/" + operator + "_" + values++ + "/output_0";
  }

  String input(String name, DataType type, Object... dimensions) {
    graph.addInput(info(name, type, dimensions));
    return name;
  }

  void output(String name, DataType type, Object... dimensions) {
    graph.addOutput(info(name, type, dimensions));
  }

  private static ValueInfoProto info(String name, DataType type, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      var builder = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(
          dimension instanceof Integer number
              ? builder.setDimValue(number)
              : builder.setDimParam((String) dimension));
    }
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor.setShape(shape)))
        .build();
  }

  /** A constant in the graph's type of floats. */
  String weight(String name, float[] elements, long... shape) {
    return floats(name, floats, elements, shape);
  }

  String floats(String name, DataType type, float[] elements, long... shape) {
    boolean halves = type == DataType.FLOAT16;
    ByteBuffer bytes = littleEndian((halves ? 2 : 4) * elements.length);
    for (float element : elements) {
      if (halves) {
        bytes.putShort(Float.floatToFloat16(element));
      } else {
        bytes.putFloat(element);
      }
    }
    return constant(name, type, bytes, shape);
  }

  String integers(String name, long... elements) {
    ByteBuffer bytes = littleEndian(Long.BYTES * elements.length);
    Arrays.stream(elements).forEach(bytes::putLong);
    return constant(name, DataType.INT64, bytes, elements.length);
  }

  String integer(String name, long element) {
    return constant(name, DataType.INT64, littleEndian(Long.BYTES).putLong(element));
  }

  String bytes(String name, byte[] elements, long... shape) {
    return constant(
        name, DataType.UINT8, ByteBuffer.wrap(elements).position(elements.length), shape);
  }

  private String constant(String name, DataType type, ByteBuffer bytes, long... shape) {
    if (around != null) {
      return around.constant(name, type, bytes, shape);
    }
    boolean exists = graph.getInitializerList().stream().anyMatch(t -> t.getName().equals(name));
    if (!exists) {
      TensorProto.Builder tensor =
          TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
      Arrays.stream(shape).forEach(tensor::addDims);
      graph.addInitializer(tensor.setRawData(ByteString.copyFrom(bytes.flip())));
    }
    return name;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
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

  static AttributeProto attribute(String name, GraphWriter branch) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.GRAPH)
        .setG(branch.graph)
        .build();
  }

  /** A node of the standard's operators with one output, which it names. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = fresh(operator);
    nodes("", operator, inputs, List.of(output), attributes);
    return output;
  }

  void nodes(
      String domain,
      String operator,
      List<String> inputs,
      List<String> outputs,
      AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(outputs.getFirst().replace("/output_0", ""))
            .setDomain(domain)
            .setOpType(operator)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllAttribute(List.of(attributes)));
  }

  String microsoft(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = fresh(operator);
    nodes(MICROSOFT, operator, inputs, List.of(output), attributes);
    return output;
  }

  /** Gives a value the name that the graph is known by. */
  void rename(String value, String name) {
    nodes("", "Identity", List.of(value), List.of(name));
  }

  ModelProto model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("pytorch")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(18))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(MICROSOFT).setVersion(1))
        .setGraph(graph)
        .build();
  }
}
