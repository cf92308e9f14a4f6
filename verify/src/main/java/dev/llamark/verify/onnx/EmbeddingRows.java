package dev.llamark.verify.onnx;

import java.util.List;

/** Rows of an embedding that may come in several parts. */
final class EmbeddingRows {

  private EmbeddingRows() {}

  /**
   * One row per token, (tokens × hidden); of each part, those tokens that lie in it.
   *
   * @param name of the result
   * @param parts of the embedding, ascending
   * @param tokens ids, (tokens)
   */
  static String gather(OnnxGraph graph, String name, List<WeightInputs.Part> parts, String tokens) {
    if (parts.size() == 1) {
      return graph.node(name, "Gather", List.of(parts.getFirst().name(), tokens));
    }
    String axis = graph.integers(name + ".axis", 1);
    String found = null;
    for (WeightInputs.Part part : parts) {
      String at = name + "." + part.from();
      String first = graph.integers(at + ".first", part.from());
      String zero = graph.integers(at + ".zero", 0);
      String last = graph.integers(at + ".last", part.rows() - 1);
      String index = graph.node(at + ".index", "Sub", List.of(tokens, first));
      String atMost = graph.node(at + ".at_most", "Min", List.of(index, last));
      String within = graph.node(at + ".within", "Max", List.of(atMost, zero));
      String rows = graph.node(at + ".rows", "Gather", List.of(part.name(), within));
      if (found == null) {
        found = rows;
        continue;
      }
      // Parts ascend: a token beyond this one's first row is not in an earlier part.
      String reached = graph.node(at + ".reached", "GreaterOrEqual", List.of(tokens, first));
      String column = graph.node(at + ".column", "Unsqueeze", List.of(reached, axis));
      boolean isLast = part == parts.getLast();
      found = graph.node(isLast ? name : at, "Where", List.of(column, rows, found));
    }
    return found;
  }
}
