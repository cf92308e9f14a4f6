package dev.llamark.verify.nodetest;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One of ONNX's backend tests of a single node: a model, its inputs and the outputs expected. */
public final class NodeTest {

  private final String name;
  private final ModelProto model;
  private final Map<String, Tensor> inputs;
  private final List<Tensor> outputs;

  /**
   * @param name the test's folder
   * @param inputs by the names of the graph's inputs
   * @param outputs in the order of the graph's outputs
   */
  NodeTest(String name, ModelProto model, Map<String, Tensor> inputs, List<Tensor> outputs) {
    this.name = name;
    this.model = model;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** The test's folder. */
  public String name() {
    return name;
  }

  /** The operators that the model is made of: {@code RotaryEmbedding}. */
  public String operator() {
    List<NodeProto> nodes = model.getGraph().getNodeList();
    return nodes.size() == 1 ? nodes.getFirst().getOpType() : nodes.size() + " nodes";
  }

  ModelProto model() {
    return model;
  }

  NodeProto node() {
    return model.getGraph().getNode(0);
  }

  boolean isSingleNode() {
    return model.getGraph().getNodeCount() == 1;
  }

  /** Version of the standard's operators. */
  int opset() {
    return model.getOpsetImportList().stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .mapToInt(set -> Math.toIntExact(set.getVersion()))
        .findFirst()
        .orElse(0);
  }

  Map<String, Tensor> inputs() {
    return inputs;
  }

  List<Tensor> outputs() {
    return outputs;
  }

  /** The node's input of this number; empty if it is left out. */
  Optional<Tensor> input(int number) {
    return number < node().getInputCount()
        ? Optional.ofNullable(inputs.get(node().getInput(number)))
        : Optional.empty();
  }

  /** A whole number among the node's attributes. */
  int integer(String attribute, int absent) {
    return attribute(attribute).map(a -> Math.toIntExact(a.getI())).orElse(absent);
  }

  /** A fraction among the node's attributes. */
  Optional<Float> real(String attribute) {
    return attribute(attribute).map(AttributeProto::getF);
  }

  private Optional<AttributeProto> attribute(String attribute) {
    return node().getAttributeList().stream()
        .filter(a -> a.getName().equals(attribute))
        .findFirst();
  }
}
