package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An RMS normalisation in a graph, as one operator or as the primitives that exporters write: x
 * times the inverse root of the mean of its squares, times a constant weight.
 *
 * @param input what is normalised, as the residual stream holds it
 * @param output the product with the weight
 */
record RmsNormPattern(String input, String output) {

  /** How many primitives lie at most between the mean and the product. */
  private static final int DEPTH = 8;

  /** All normalisations over so many elements, in the graph's order. */
  static List<RmsNormPattern> find(GraphIndex graph, int width) {
    List<RmsNormPattern> found = new ArrayList<>();
    for (NodeProto node : graph.nodes()) {
      of(graph, node, width).ifPresent(found::add);
    }
    return found;
  }

  private static Optional<RmsNormPattern> of(GraphIndex graph, NodeProto node, int width) {
    return switch (node.getOpType()) {
      case "SimplifiedLayerNormalization", "RMSNormalization" ->
          weighted(graph, node.getInput(1), width)
              ? Optional.of(new RmsNormPattern(graph.origin(node.getInput(0)), node.getOutput(0)))
              : Optional.empty();
      case FlatGraph.ADD_AND_NORMALISE ->
          weighted(graph, node.getInput(2), width)
              ? Optional.of(new RmsNormPattern(node.getOutput(FlatGraph.SUM), node.getOutput(0)))
              : Optional.empty();
      case "Mul" ->
          Stream.of(0, 1)
              .filter(side -> weighted(graph, node.getInput(side), width))
              .flatMap(side -> normalised(graph, node.getInput(1 - side)).stream())
              .map(x -> new RmsNormPattern(x, node.getOutput(0)))
              .findFirst();
      default -> Optional.empty();
    };
  }

  private static boolean weighted(GraphIndex graph, String weight, int width) {
    return graph
        .constant(weight)
        .filter(ConstantFloats::readable)
        .filter(tensor -> ConstantFloats.count(tensor) == width)
        .isPresent();
  }

  /** The x of {@code x / √(mean(x²) + ε)}. */
  private static Optional<String> normalised(GraphIndex graph, String value) {
    return graph
        .producer(graph.origin(value))
        .filter(node -> GraphIndex.is(node, "Mul", "Div"))
        .flatMap(
            node ->
                Stream.of(0, 1)
                    .filter(side -> side == 1 || !GraphIndex.is(node, "Div"))
                    .flatMap(
                        side ->
                            meanSquare(graph, node.getInput(side), DEPTH)
                                .filter(x -> graph.same(x, node.getInput(1 - side)))
                                .stream())
                    .findFirst());
  }

  /** The x whose mean of squares a value is made of. */
  private static Optional<String> meanSquare(GraphIndex graph, String value, int depth) {
    Optional<NodeProto> producer = graph.producer(graph.origin(value));
    if (producer.isEmpty() || depth == 0) {
      return Optional.empty();
    }
    NodeProto node = producer.get();
    if (GraphIndex.is(node, "ReduceMean")) {
      return graph
          .producer(graph.origin(node.getInput(0)))
          .filter(square -> GraphIndex.is(square, "Pow", "Mul"))
          .map(square -> graph.origin(square.getInput(0)));
    }
    if (!GraphIndex.is(node, "Add", "Sqrt", "Reciprocal", "Div", "Pow")) {
      return Optional.empty();
    }
    return node.getInputList().stream()
        .flatMap(input -> meanSquare(graph, input, depth - 1).stream())
        .findFirst();
  }
}
