package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The core of an attention block: what it is given as queries, keys and values.
 *
 * @param operands the three, in this order; an empty name where they come packed in the first
 */
record AttentionPattern(List<String> operands) {

  private static final int DEPTH = 8;
  private static final int MOST_NODES = 400;

  /** Products of scores, and of weights with values. */
  private static final List<String> PRODUCTS = List.of("MatMul", "FusedMatMul");

  /** What lies between the weighted values and the projection. */
  private static final String[] REARRANGING = {
    "Reshape", "Transpose", "Cast", "Identity", "Squeeze", "Unsqueeze"
  };

  /** The attention that a projection reads, as one operator or around a softmax. */
  static Optional<AttentionPattern> behind(GraphIndex graph, String attention) {
    Optional<NodeProto> node = graph.producer(attention);
    while (node.isPresent() && GraphIndex.is(node.get(), REARRANGING)) {
      node = graph.producer(node.get().getInput(0));
    }
    return node.flatMap(core -> ofCore(graph, core));
  }

  private static Optional<AttentionPattern> ofCore(GraphIndex graph, NodeProto core) {
    if (GraphIndex.is(core, "GroupQueryAttention", "MultiHeadAttention", "Attention")) {
      return Optional.of(
          new AttentionPattern(
              List.of(
                  GraphIndex.input(core, 0),
                  GraphIndex.input(core, 1),
                  GraphIndex.input(core, 2))));
    }
    if (!PRODUCTS.contains(core.getOpType())) {
      return Optional.empty();
    }
    return find(graph, core.getInput(0), List.of("Softmax"), DEPTH)
        .flatMap(softmax -> find(graph, softmax.getInput(0), PRODUCTS, DEPTH))
        .map(
            scores ->
                new AttentionPattern(
                    List.of(scores.getInput(0), scores.getInput(1), core.getInput(1))));
  }

  /** The nearest node of some operators behind a value, depth first. */
  private static Optional<NodeProto> find(
      GraphIndex graph, String value, List<String> operators, int depth) {
    Optional<NodeProto> producer = graph.producer(value);
    if (producer.isEmpty() || depth == 0 || GraphIndex.is(producer.get(), "Shape")) {
      return Optional.empty();
    }
    if (operators.contains(producer.get().getOpType())) {
      return producer;
    }
    return producer.get().getInputList().stream()
        .flatMap(input -> find(graph, input, operators, depth - 1).stream())
        .findFirst();
  }

  /**
   * What lies between an operand and the projections.
   *
   * @param nodes by their first output, the nearest to the operand first
   * @param projections those that were met, by key
   */
  record Path(Map<String, NodeProto> nodes, List<String> projections) {}

  /** Walks from an operand back to the projections that it is made of. */
  static Path path(GraphIndex graph, String operand, Map<String, LinearPattern> projections) {
    Map<String, NodeProto> nodes = new LinkedHashMap<>();
    List<String> met = new java.util.ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(operand));
    while (!open.isEmpty() && nodes.size() < MOST_NODES) {
      Optional<NodeProto> producer = graph.producer(open.poll());
      if (producer.isEmpty() || GraphIndex.is(producer.get(), "Shape")) {
        continue; // an input, a constant, or sizes alone
      }
      NodeProto node = producer.get();
      String key = node.getOutput(0);
      if (projections.containsKey(key)) {
        if (!met.contains(key)) {
          met.add(key);
        }
      } else if (nodes.putIfAbsent(key, node) == null) {
        node.getInputList().stream().filter(in -> !in.isEmpty()).forEach(open::add);
      }
    }
    return new Path(nodes, met);
  }
}
