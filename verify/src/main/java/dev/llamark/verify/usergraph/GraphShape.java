package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.run.InputException;
import java.util.List;
import java.util.Optional;

/** Refuses a graph that is of another shape than the model, before anything is run. */
final class GraphShape {

  private final OnnxFile file;
  private final ModelSource source;
  private final LlamaConfig config;
  private final GraphIndex graph;

  private GraphShape(OnnxFile file, ModelSource source) {
    this.file = file;
    this.source = source;
    this.config = source.config();
    this.graph = new GraphIndex(FlatGraph.of(file.model()).getGraph());
  }

  /**
   * Holds what a graph declares against the model.
   *
   * @throws InputException if layers, heads, width or vocabulary are others
   */
  static void require(OnnxFile file, ModelSource source) {
    GraphShape shape = new GraphShape(file, source);
    shape.requireConfigured();
    shape.requireLogits();
    shape.requireNodes();
    shape.requireLayers();
  }

  private void same(String what, long got, long expected) {
    if (got != expected) {
      throw new InputException(
          "%s has %d %s, but %s has %d".formatted(file.name(), got, what, source.name(), expected));
    }
  }

  private void requireConfigured() {
    file.genAi()
        .ifPresent(
            genAi ->
                genAi
                    .sizes()
                    .forEach(
                        (key, size) -> {
                          switch (key) {
                            case "num_hidden_layers" -> same("layers", size, config.layers());
                            case "num_attention_heads" -> same("heads", size, config.heads());
                            case "num_key_value_heads" ->
                                same("key and value heads", size, config.kvHeads());
                            case "head_size" -> same("elements a head", size, config.headDim());
                            case "hidden_size" ->
                                same("elements of hidden state", size, config.hidden());
                            case "vocab_size" ->
                                same("tokens in its vocabulary", size, config.vocab());
                            default -> {}
                          }
                        }));
  }

  /** Inputs of keys and values, (batch × kvHeads × past × headDim); else the normalisations. */
  private void requireLayers() {
    int layers = 0;
    for (ValueInfoProto input : file.model().getGraph().getInputList()) {
      if (ValueNames.layer(file.names().pastKey(), input.getName()) < 0) {
        continue;
      }
      layers++;
      List<TensorShapeProto.Dimension> dimensions = dimensions(input);
      if (dimensions.size() == 4) {
        known(dimensions.get(1)).ifPresent(n -> same("key and value heads", n, config.kvHeads()));
        known(dimensions.get(3)).ifPresent(n -> same("elements a head", n, config.headDim()));
      }
    }
    int norms = RmsNormPattern.find(graph, config.hidden()).size();
    if (layers > 0) {
      same("layers", layers, config.layers());
    } else if (norms > 1 && norms % 2 == 1) {
      same("layers", norms / 2, config.layers());
    }
  }

  private void requireLogits() {
    for (ValueInfoProto output : file.model().getGraph().getOutputList()) {
      List<TensorShapeProto.Dimension> dimensions = dimensions(output);
      if (output.getName().equals(file.names().logits()) && !dimensions.isEmpty()) {
        known(dimensions.getLast())
            .ifPresent(n -> same("tokens in its vocabulary", n, config.vocab()));
      }
    }
  }

  /** The table of embeddings, and the heads of an attention in one operator. */
  private void requireNodes() {
    for (NodeProto node : graph.nodes()) {
      if (GraphIndex.is(node, "Gather")
          && graph.same(GraphIndex.input(node, 1), file.names().inputIds())) {
        graph.constant(node.getInput(0)).ifPresent(this::requireEmbedding);
      } else if (GraphIndex.is(node, "GroupQueryAttention")) {
        same("heads", GraphIndex.attribute(node, "num_heads", 0), config.heads());
        long kvHeads = GraphIndex.attribute(node, "kv_num_heads", 0);
        same("key and value heads", kvHeads, config.kvHeads());
      }
    }
  }

  private void requireEmbedding(TensorProto table) {
    if (table.getDimsCount() == 2) {
      same("tokens in its vocabulary", table.getDims(0), config.vocab());
      same("elements of hidden state", table.getDims(1), config.hidden());
    }
  }

  private static List<TensorShapeProto.Dimension> dimensions(ValueInfoProto value) {
    return value.getType().getTensorType().getShape().getDimList();
  }

  private static Optional<Long> known(TensorShapeProto.Dimension dimension) {
    return dimension.hasDimValue() && dimension.getDimValue() > 0
        ? Optional.of(dimension.getDimValue())
        : Optional.empty();
  }
}
