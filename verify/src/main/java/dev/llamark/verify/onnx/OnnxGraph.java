package dev.llamark.verify.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An ONNX graph, written node by node. A value is its name: every method that makes one returns it,
 * so that a graph reads like the formula it computes:
 *
 * <pre>{@code
 * String squares = graph.node("squares", "Mul", List.of(x, x));
 * String mean = graph.node("mean", "ReduceMean", List.of(squares, axes));
 * }</pre>
 */
public final class OnnxGraph {

  /** Types of a tensor's elements, as {@code onnx.proto} numbers them. */
  public enum Element {
    FLOAT(TensorProto.DataType.FLOAT),
    INT64(TensorProto.DataType.INT64),
    INT32(TensorProto.DataType.INT32),
    BOOL(TensorProto.DataType.BOOL),
    FLOAT16(TensorProto.DataType.FLOAT16),
    DOUBLE(TensorProto.DataType.DOUBLE);

    private final TensorProto.DataType type;

    Element(TensorProto.DataType type) {
      this.type = type;
    }

    /** The type's number in {@code onnx.proto}, as the operator Cast takes it. */
    public int number() {
      return type.getNumber();
    }
  }

  /** A node's attribute. */
  public record Attribute(AttributeProto proto) {

    public static Attribute of(String name, long value) {
      return new Attribute(
          named(name).setType(AttributeProto.AttributeType.INT).setI(value).build());
    }

    public static Attribute of(String name, float value) {
      return new Attribute(
          named(name).setType(AttributeProto.AttributeType.FLOAT).setF(value).build());
    }

    public static Attribute of(String name, List<Long> values) {
      return new Attribute(
          named(name).setType(AttributeProto.AttributeType.INTS).addAllInts(values).build());
    }

    private static AttributeProto.Builder named(String name) {
      return AttributeProto.newBuilder().setName(name);
    }
  }

  /** The highest version of the format that the oldest runtimes of opset 21 read. */
  private static final int IR_VERSION = 10;

  private final GraphProto.Builder graph;
  private final ModelProto.Builder model;
  private final Set<String> values = new HashSet<>();

  /**
   * An empty graph.
   *
   * @param name the graph's name
   * @param opset version of the operators of the standard
   */
  public OnnxGraph(String name, int opset) {
    graph = GraphProto.newBuilder().setName(name);
    model = ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("llamark");
    domain("", opset);
  }

  /** Allows nodes of one more operator set, such as {@code com.microsoft} 1. */
  public OnnxGraph domain(String domain, int version) {
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
    return this;
  }

  /**
   * Declares an input.
   *
   * @param dimensions a number where it is fixed, a name where it is known only at run time
   */
  public String input(String name, Element type, Object... dimensions) {
    graph.addInput(value(name, type, dimensions));
    return define(name);
  }

  /**
   * Declares a value that exists already as an output, with its dimensions as in {@link #input}.
   */
  public void output(String name, Element type, Object... dimensions) {
    if (!values.contains(name)) {
      throw new IllegalArgumentException("OnnxGraph: no value '" + name + "' to be an output");
    }
    graph.addOutput(value(name, type, dimensions));
  }

  /** A constant tensor of floats, row-major. */
  public String constant(String name, float[] elements, long... shape) {
    ByteBuffer bytes = littleEndian(Float.BYTES * elements.length);
    bytes.asFloatBuffer().put(elements);
    return initializer(name, Element.FLOAT, bytes, shape);
  }

  /** A constant without dimensions. */
  public String scalar(String name, float element) {
    return constant(name, new float[] {element});
  }

  /** A constant list of integers: axes, sizes, or a shape. */
  public String integers(String name, long... elements) {
    ByteBuffer bytes = littleEndian(Long.BYTES * elements.length);
    bytes.asLongBuffer().put(elements);
    return initializer(name, Element.INT64, bytes, elements.length);
  }

  /** A constant of floats whose elements are given to the session beside the graph. */
  public String external(String name, long... shape) {
    TensorProto.Builder tensor =
        tensor(name, Element.FLOAT, shape)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(name));
    graph.addInitializer(tensor);
    return define(name);
  }

  /** Adds a node of the standard's operators with one output. */
  public String node(String output, String operator, List<String> inputs, Attribute... attributes) {
    return nodes("", operator, inputs, List.of(output), attributes).getFirst();
  }

  /**
   * Adds a node.
   *
   * @param domain of the operator, empty for the standard's
   * @param inputs values that exist; an empty name leaves an optional input out
   * @param outputs names of the results, an empty one for a result that nobody needs
   */
  public List<String> nodes(
      String domain,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Attribute... attributes) {
    for (String input : inputs) {
      if (!input.isEmpty() && !values.contains(input)) {
        throw new IllegalArgumentException(
            "OnnxGraph: %s '%s' reads '%s', which does not exist yet"
                .formatted(operator, outputs.getFirst(), input));
      }
    }
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setName(outputs.getFirst())
            .setOpType(operator)
            .setDomain(domain)
            .addAllInput(inputs)
            .addAllOutput(outputs);
    for (Attribute attribute : attributes) {
      node.addAttribute(attribute.proto());
    }
    graph.addNode(node);
    outputs.stream().filter(output -> !output.isEmpty()).forEach(this::define);
    return outputs;
  }

  /** The finished model. */
  public ModelProto model() {
    return model.setGraph(graph).build();
  }

  /** The finished model as the bytes of a file. */
  public byte[] bytes() {
    return model().toByteArray();
  }

  private String initializer(String name, Element type, ByteBuffer bytes, long... shape) {
    graph.addInitializer(tensor(name, type, shape).setRawData(ByteString.copyFrom(bytes)));
    return define(name);
  }

  private static TensorProto.Builder tensor(String name, Element type, long... shape) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.number());
    for (long dimension : shape) {
      tensor.addDims(dimension);
    }
    return tensor;
  }

  private String define(String name) {
    if (!values.add(name)) {
      throw new IllegalArgumentException("OnnxGraph: two values have the name '" + name + "'");
    }
    return name;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ValueInfoProto value(String name, Element type, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      shape.addDim(dimension(dimension));
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static TensorShapeProto.Dimension dimension(Object dimension) {
    TensorShapeProto.Dimension.Builder builder = TensorShapeProto.Dimension.newBuilder();
    return switch (dimension) {
      case Number number -> builder.setDimValue(number.longValue()).build();
      case String name -> builder.setDimParam(name).build();
      default ->
          throw new IllegalArgumentException(
              "OnnxGraph: a dimension is a number or a name, not " + dimension);
    };
  }
}
