package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.NodeProto;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Tap;
import dev.llamark.verify.onnx.TapPoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the steps of a Llama-family model in the structure of a graph, whatever its values are
 * called: the RMS normalisations mark the residual stream, and between two of them lie an attention
 * or a feed-forward block. What is not recognised is left out.
 */
final class StepFinder {

  private final GraphIndex graph;
  private final LlamaConfig config;
  private final boolean headNorms;
  private final List<RmsNormPattern> norms;
  private final Map<TapPoint, StepSource> steps = new LinkedHashMap<>();

  /**
   * @param headNorms whether the model normalises queries and keys by head
   */
  StepFinder(GraphIndex graph, LlamaConfig config, boolean headNorms) {
    this.graph = graph;
    this.config = config;
    this.headNorms = headNorms;
    this.norms = RmsNormPattern.find(graph, config.hidden());
  }

  /** Number of normalisations as wide as the residual stream: two a layer, and the last. */
  int norms() {
    return norms.size();
  }

  /** The steps; none where the normalisations are not those of so many layers. */
  Map<TapPoint, StepSource> find() {
    if (norms.size() != 2 * config.layers() + 1) {
      return Map.of();
    }
    put(Tap.EMBEDDING, -1, StepSource.rows(norms.getFirst().input()));
    for (int layer = 0; layer < config.layers(); layer++) {
      RmsNormPattern attention = norms.get(2 * layer);
      RmsNormPattern ffn = norms.get(2 * layer + 1);
      RmsNormPattern next = norms.get(2 * layer + 2);
      put(Tap.ATTENTION_NORM, layer, StepSource.rows(attention.output()));
      put(Tap.ATTENTION_RESIDUAL, layer, StepSource.rows(ffn.input()));
      put(Tap.FFN_NORM, layer, StepSource.rows(ffn.output()));
      put(Tap.FFN_RESIDUAL, layer, StepSource.rows(next.input()));
      attention(layer, attention, ffn);
      feedForward(layer, ffn, next);
    }
    put(Tap.FINAL_NORM, -1, StepSource.rows(norms.getLast().output()));
    return steps;
  }

  private void put(Tap tap, int layer, StepSource source) {
    steps.put(new TapPoint(tap, layer), source);
  }

  /** What was added to the residual stream between two of its states. */
  private Optional<String> added(String before, String after) {
    return graph
        .producer(after)
        .filter(node -> GraphIndex.is(node, "Add", FlatGraph.ADD_AND_NORMALISE))
        .flatMap(
            node ->
                graph.same(node.getInput(0), before)
                    ? Optional.of(node.getInput(1))
                    : graph.same(node.getInput(1), before)
                        ? Optional.of(node.getInput(0))
                        : Optional.empty());
  }

  private void attention(int layer, RmsNormPattern norm, RmsNormPattern next) {
    Optional<LinearPattern> projection =
        added(norm.input(), next.input()).flatMap(value -> LinearPattern.behind(graph, value));
    if (projection.isEmpty()) {
      return;
    }
    put(Tap.PROJECTION, layer, StepSource.rows(projection.get().output()));
    put(Tap.ATTENTION, layer, StepSource.rows(projection.get().input()));
    Map<String, LinearPattern> inputs =
        LinearPattern.reading(graph, norm.output()).stream()
            .collect(Collectors.toMap(LinearPattern::key, Function.identity()));
    AttentionPattern.behind(graph, projection.get().input())
        .ifPresent(core -> operands(layer, core, inputs));
  }

  private void operands(int layer, AttentionPattern core, Map<String, LinearPattern> inputs) {
    List<AttentionPattern.Path> paths =
        core.operands().stream()
            .map(operand -> AttentionPattern.path(graph, operand, inputs))
            .toList();
    operand(layer, Tap.QUERY, Tap.ROTATED_QUERY, paths.get(0), inputs, 0);
    AttentionPattern.Path keys = core.operands().get(1).isEmpty() ? paths.get(0) : paths.get(1);
    AttentionPattern.Path values = core.operands().get(2).isEmpty() ? paths.get(0) : paths.get(2);
    operand(layer, Tap.KEY, Tap.ROTATED_KEY, keys, inputs, config.queryWidth());
    operand(layer, Tap.VALUE, null, values, inputs, config.queryWidth() + config.kvWidth());
  }

  /**
   * @param offset where this operand begins if the three are packed in one product
   */
  private void operand(
      int layer,
      Tap tap,
      Tap rotated,
      AttentionPattern.Path path,
      Map<String, LinearPattern> inputs,
      int offset) {
    if (path.projections().size() != 1) {
      return;
    }
    LinearPattern linear = inputs.get(path.projections().getFirst());
    boolean packed = inputs.size() == 1;
    Optional<String> normed = headNorms && rotated != null ? headNorm(path) : Optional.empty();
    if (normed.isPresent()) {
      put(tap, layer, StepSource.rows(normed.get()));
    } else if (!headNorms || rotated == null) {
      put(tap, layer, new StepSource(linear.output(), false, packed ? offset : 0));
    }
    if (rotated != null) {
      rotation(path).ifPresent(value -> put(rotated, layer, StepSource.heads(value)));
    }
  }

  private Optional<String> headNorm(AttentionPattern.Path path) {
    return RmsNormPattern.find(graph, config.headDim()).stream()
        .map(RmsNormPattern::output)
        .filter(path.nodes()::containsKey)
        .findFirst();
  }

  /** The rotated operand: of the operator, or the sum of the products with cosines and sines. */
  private Optional<String> rotation(AttentionPattern.Path path) {
    for (NodeProto node : path.nodes().values()) {
      if (GraphIndex.is(node, "RotaryEmbedding")) {
        return Optional.of(node.getOutput(0));
      }
      if (GraphIndex.is(node, "Add") && node.getInputList().stream().allMatch(this::isProduct)) {
        return Optional.of(whole(node.getOutput(0)));
      }
    }
    return Optional.empty();
  }

  private boolean isProduct(String value) {
    return graph.producer(graph.origin(value)).filter(n -> GraphIndex.is(n, "Mul")).isPresent();
  }

  /** Where only a part of each head is rotated: with the rest of it. */
  private String whole(String turned) {
    return config.rotaryDim() == config.headDim()
        ? turned
        : graph.consumers(turned).stream()
            .filter(node -> GraphIndex.is(node, "Concat"))
            .map(node -> node.getOutput(0))
            .findFirst()
            .orElse(turned);
  }

  private void feedForward(int layer, RmsNormPattern norm, RmsNormPattern next) {
    Optional<LinearPattern> down =
        added(norm.input(), next.input()).flatMap(value -> LinearPattern.behind(graph, value));
    if (down.isEmpty()) {
      return;
    }
    put(Tap.DOWN, layer, StepSource.rows(down.get().output()));
    put(Tap.ACTIVATION, layer, StepSource.rows(down.get().input()));
    List<LinearPattern> inputs = LinearPattern.reading(graph, norm.output());
    List<LinearPattern> gates = inputs.stream().filter(l -> isGate(l.output())).toList();
    if (inputs.size() == 2 && gates.size() == 1) {
      inputs.forEach(
          l -> put(gates.contains(l) ? Tap.GATE : Tap.UP, layer, StepSource.rows(l.output())));
    }
  }

  private boolean isGate(String value) {
    return graph.consumers(value).stream()
        .flatMap(
            node ->
                GraphIndex.is(node, "Cast")
                    ? graph.consumers(node.getOutput(0)).stream()
                    : java.util.stream.Stream.of(node))
        .anyMatch(node -> GraphIndex.is(node, "Sigmoid", "QuickGelu", "Silu", "Swish"));
  }
}
