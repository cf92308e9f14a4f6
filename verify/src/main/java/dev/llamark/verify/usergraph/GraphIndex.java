package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who makes and who reads each value of a graph without branches. */
final class GraphIndex {

  /** Nodes that change no value but its type or name. */
  private static final Set<String> SAME = Set.of("Cast", "Identity");

  private final List<NodeProto> nodes;
  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<NodeProto>> consumers = new HashMap<>();
  private final Map<String, TensorProto> constants = new HashMap<>();

  GraphIndex(GraphProto graph) {
    nodes = graph.getNodeList();
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    for (NodeProto node : nodes) {
      node.getInputList()
          .forEach(in -> consumers.computeIfAbsent(in, _ -> new ArrayList<>()).add(node));
      node.getOutputList().forEach(out -> producers.put(out, node));
      if (node.getOpType().equals("Constant")) {
        node.getAttributeList().stream()
            .filter(AttributeProto::hasT)
            .forEach(a -> constants.put(node.getOutput(0), a.getT()));
      }
    }
  }

  /** All nodes, in the graph's order. */
  List<NodeProto> nodes() {
    return nodes;
  }

  /** All constants by name. */
  Map<String, TensorProto> constants() {
    return constants;
  }

  /** Who makes a value; empty for inputs and constants of the graph. */
  Optional<NodeProto> producer(String value) {
    return Optional.ofNullable(value.isEmpty() ? null : producers.get(value));
  }

  List<NodeProto> consumers(String value) {
    return consumers.getOrDefault(value, List.of());
  }

  /** The value before it was only cast or renamed. */
  String origin(String value) {
    NodeProto producer = producers.get(value);
    return producer != null && SAME.contains(producer.getOpType())
        ? origin(producer.getInput(0))
        : value;
  }

  /** Whether two names stand for one value, up to its type. */
  boolean same(String a, String b) {
    return origin(a).equals(origin(b));
  }

  /** The constant that a value is, up to its type. */
  Optional<TensorProto> constant(String value) {
    return Optional.ofNullable(constants.get(origin(value)));
  }

  /** Whether this is one of the operators. */
  static boolean is(NodeProto node, String... operators) {
    return List.of(operators).contains(node.getOpType());
  }

  /** An input by number; empty where it is left out. */
  static String input(NodeProto node, int index) {
    return index < node.getInputCount() ? node.getInput(index) : "";
  }

  /** An attribute that is a whole number. */
  static long attribute(NodeProto node, String name, long otherwise) {
    return node.getAttributeList().stream()
        .filter(a -> a.getName().equals(name))
        .mapToLong(AttributeProto::getI)
        .findFirst()
        .orElse(otherwise);
  }
}
