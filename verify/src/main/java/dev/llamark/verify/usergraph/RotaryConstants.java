package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.llamark.model.LlamaConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The constants by which a graph rotates queries and keys. */
final class RotaryConstants {

  /** What a graph holds. */
  sealed interface Found {}

  /**
   * Cosines and sines by position.
   *
   * @param cosines (… × positions × pairs), or with each row twice
   * @param sines the same
   */
  record Tables(TensorProto cosines, TensorProto sines) implements Found {}

  /**
   * Frequencies alone.
   *
   * @param values (… pairs …)
   */
  record Frequencies(TensorProto values) implements Found {}

  /** Its RotaryEmbedding takes positions before the tables, the standard's after them. */
  private static final String MICROSOFT = "com.microsoft";

  private static final int DEPTH = 12;
  private static final long MOST_ELEMENTS = 1L << 26;

  private final OnnxFile file;
  private final GraphIndex graph;
  private final LlamaConfig config;

  RotaryConstants(OnnxFile file, LlamaConfig config) {
    this.file = file;
    this.config = config;
    this.graph = new GraphIndex(FlatGraph.of(file.model()).getGraph());
  }

  /**
   * All that are found, each once; the tables of operators, else those or frequencies before it.
   */
  List<Found> find() {
    List<Found> ofOperators = distinct(graph.nodes().stream().flatMap(n -> ofOperator(n).stream()));
    if (!ofOperators.isEmpty()) {
      return ofOperators;
    }
    List<Found> frequencies =
        distinct(
            graph.nodes().stream()
                .filter(node -> GraphIndex.is(node, "Cos"))
                .flatMap(node -> frequencies(node.getInput(0), DEPTH).stream()));
    return frequencies.isEmpty() ? looseTables() : frequencies;
  }

  private static List<Found> distinct(Stream<? extends Found> found) {
    List<Found> all = new ArrayList<>();
    found.filter(f -> !all.contains(f)).forEach(all::add);
    return all;
  }

  private Optional<Tables> ofOperator(NodeProto node) {
    int cosines =
        switch (node.getOpType()) {
          case "GroupQueryAttention" -> 7;
          case "RotaryEmbedding" -> node.getDomain().equals(MICROSOFT) ? 2 : 1;
          default -> -1;
        };
    if (cosines < 0) {
      return Optional.empty();
    }
    Optional<TensorProto> cos = graph.constant(GraphIndex.input(node, cosines));
    Optional<TensorProto> sin = graph.constant(GraphIndex.input(node, cosines + 1));
    return cos.isPresent() && sin.isPresent()
        ? Optional.of(new Tables(cos.get(), sin.get()))
        : Optional.empty();
  }

  /** The constant of as many elements as there are pairs behind an angle. */
  private Optional<Frequencies> frequencies(String angle, int depth) {
    Optional<TensorProto> constant =
        graph
            .constant(angle)
            .filter(ConstantFloats::readable)
            .filter(tensor -> ConstantFloats.count(tensor) == config.rotaryDim() / 2);
    if (constant.isPresent()) {
      return constant.map(Frequencies::new);
    }
    return depth == 0
        ? Optional.empty()
        : graph
            .producer(angle)
            .filter(node -> !GraphIndex.is(node, "Shape"))
            .flatMap(
                node ->
                    node.getInputList().stream()
                        .flatMap(input -> frequencies(input, depth - 1).stream())
                        .findFirst());
  }

  /** Tables known by their first row, which is of cosines of 0 or sines of 0. */
  private List<Found> looseTables() {
    List<TensorProto> cosines = new ArrayList<>();
    List<TensorProto> sines = new ArrayList<>();
    for (TensorProto tensor : graph.constants().values()) {
      if (!couldBeTable(tensor)) {
        continue;
      }
      float[] values = file.floats(tensor);
      float[] first = Arrays.copyOf(values, columns(tensor));
      boolean same = first[0] == first[first.length - 1] && values[first.length] != first[0];
      if (same && first[0] == 0) {
        sines.add(tensor);
      } else if (same && first[0] >= 1) {
        cosines.add(tensor);
      }
    }
    List<Found> tables = new ArrayList<>();
    for (int i = 0; i < Math.min(cosines.size(), sines.size()); i++) {
      tables.add(new Tables(cosines.get(i), sines.get(i)));
    }
    return tables;
  }

  private boolean couldBeTable(TensorProto tensor) {
    int columns = columns(tensor);
    return (columns == config.rotaryDim() || 2 * columns == config.rotaryDim())
        && ConstantFloats.readable(tensor)
        && ConstantFloats.count(tensor) >= 2L * columns
        && ConstantFloats.count(tensor) <= MOST_ELEMENTS
        && graph.consumers(tensor.getName()).stream()
            .anyMatch(node -> GraphIndex.is(node, "Gather", "Slice", "Squeeze"));
  }

  private static int columns(TensorProto tensor) {
    int rank = tensor.getDimsCount();
    return rank < 2 ? 0 : Math.toIntExact(tensor.getDims(rank - 1));
  }
}
