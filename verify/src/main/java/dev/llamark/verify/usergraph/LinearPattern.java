package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A product with a constant matrix, of floats or quantised, and its bias.
 *
 * @param product the node that multiplies
 * @param input what is multiplied, before any quantisation
 * @param output with the bias
 */
record LinearPattern(NodeProto product, String input, String output) {

  private static final Set<String> PRODUCTS =
      Set.of(
          "MatMul",
          "Gemm",
          "FusedMatMul",
          "MatMulNBits",
          "MatMulBnb4",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul");

  /** Nodes between an activation and its product. */
  private static final Set<String> BEFORE =
      Set.of(
          "Cast",
          "Identity",
          "Reshape",
          "DynamicQuantizeLinear",
          "QuantizeLinear",
          "DequantizeLinear");

  private static final int DEPTH = 6;

  /** Identity of the product within its graph. */
  String key() {
    return product.getOutput(0);
  }

  /** All products that read a value. */
  static List<LinearPattern> reading(GraphIndex graph, String value) {
    List<LinearPattern> found = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(value));
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      for (NodeProto node : graph.consumers(open.poll())) {
        if (!seen.add(node.getOutput(0))) {
          continue;
        }
        if (PRODUCTS.contains(node.getOpType())) {
          found.add(new LinearPattern(node, value, outputOf(graph, node)));
        } else if (BEFORE.contains(node.getOpType())) {
          open.add(node.getOutput(0));
        }
      }
    }
    return found;
  }

  /** The product that a value is, with its bias. */
  static Optional<LinearPattern> behind(GraphIndex graph, String value) {
    return behind(graph, value, DEPTH)
        .map(node -> new LinearPattern(node, inputOf(graph, node), value));
  }

  private static Optional<NodeProto> behind(GraphIndex graph, String value, int depth) {
    Optional<NodeProto> producer = graph.producer(graph.origin(value));
    if (producer.isEmpty() || depth == 0) {
      return Optional.empty();
    }
    NodeProto node = producer.get();
    if (PRODUCTS.contains(node.getOpType())) {
      return producer;
    }
    if (!GraphIndex.is(node, "Add", "Mul", "Reshape")) {
      return Optional.empty();
    }
    return node.getInputList().stream()
        .flatMap(input -> behind(graph, input, depth - 1).stream())
        .findFirst();
  }

  private static String inputOf(GraphIndex graph, NodeProto product) {
    String value = graph.origin(product.getInput(0));
    Optional<NodeProto> producer = graph.producer(value);
    while (producer.isPresent() && BEFORE.contains(producer.get().getOpType())) {
      value = graph.origin(producer.get().getInput(0));
      producer = graph.producer(value);
    }
    return value;
  }

  /** Follows a bias, and the steps from integers back to floats. */
  private static String outputOf(GraphIndex graph, NodeProto product) {
    String value = product.getOutput(0);
    boolean integers = GraphIndex.is(product, "MatMulInteger");
    for (int i = 0; i < DEPTH; i++) {
      List<NodeProto> next = graph.consumers(value);
      if (next.size() != 1) {
        return value;
      }
      NodeProto node = next.getFirst();
      boolean bias =
          GraphIndex.is(node, "Add")
              && node.getInputList().stream().anyMatch(in -> graph.constant(in).isPresent());
      if (!bias && !(integers && GraphIndex.is(node, "Cast", "Mul"))) {
        return value;
      }
      integers &= !GraphIndex.is(node, "Mul"); // the scales, which make floats of them
      value = node.getOutput(0);
    }
    return value;
  }
}
