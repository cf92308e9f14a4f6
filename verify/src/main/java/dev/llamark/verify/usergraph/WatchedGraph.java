package dev.llamark.verify.usergraph;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Tap;
import dev.llamark.verify.onnx.TapPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A user's graph whose inner values are outputs too, wherever a step of the model shows in one. */
final class WatchedGraph {

  private final OnnxFile file;
  private final ModelSource source;
  private final LlamaConfig config;
  private final ModelProto model;
  private final Map<TapPoint, StepSource> steps;
  private final List<String> remarks = new ArrayList<>();

  private WatchedGraph(OnnxFile file, ModelSource source) {
    this.file = file;
    this.source = source;
    this.config = source.config();
    ModelProto flat = FlatGraph.of(file.model());
    StepFinder finder =
        new StepFinder(
            new GraphIndex(flat.getGraph()),
            config,
            source.weights().layers().getFirst().queryNorm().length > 0);
    steps = new LinkedHashMap<>(finder.find());
    addCached(flat.getGraph());
    if (finder.norms() != 2 * config.layers() + 1) {
      remarks.add(
          "%d RMS normalisations of width %d were recognised, where %d layers have %d: inner steps are not compared"
              .formatted(
                  finder.norms(), config.hidden(), config.layers(), 2 * config.layers() + 1));
    }
    model = watched(flat);
  }

  static WatchedGraph of(OnnxFile file, ModelSource source) {
    return new WatchedGraph(file, source);
  }

  /** Keys and values that the graph gives for the next batch: they show what no inner value may. */
  private void addCached(GraphProto graph) {
    Set<String> outputs =
        graph.getOutputList().stream().map(ValueInfoProto::getName).collect(Collectors.toSet());
    for (int layer = 0; layer < config.layers(); layer++) {
      String key = ValueNames.of(file.names().presentKey(), layer);
      String value = ValueNames.of(file.names().presentValue(), layer);
      if (outputs.contains(key)) {
        steps.put(new TapPoint(Tap.ROTATED_KEY, layer), StepSource.heads(key));
      }
      if (outputs.contains(value)) {
        steps.putIfAbsent(new TapPoint(Tap.VALUE, layer), StepSource.heads(value));
      }
    }
  }

  private ModelProto watched(ModelProto flat) {
    GraphProto.Builder graph = flat.getGraph().toBuilder();
    Set<String> outputs = new LinkedHashSet<>();
    graph.getOutputList().forEach(output -> outputs.add(output.getName()));
    for (StepSource source : steps.values()) {
      if (outputs.add(source.value())) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(source.value()));
      }
    }
    return flat.toBuilder().setGraph(graph).build();
  }

  /** Where each recognised step shows. */
  Map<TapPoint, StepSource> steps() {
    return steps;
  }

  List<String> remarks() {
    return remarks;
  }

  /** The changed model; weights in files of their own stay there, and so do large ones in this. */
  byte[] bytes() {
    return OwnFileWeights.of(file).moveOut(model).toByteArray();
  }

  /**
   * Runs a first batch.
   *
   * @param logits what the graph gave when nobody watched, which must not change
   * @param remark told where it does
   * @return the steps, (tokens × columns) each
   */
  Map<TapPoint, float[]> read(
      GraphSession graph, int[] tokens, float[] logits, Consumer<String> remark)
      throws OrtException {
    Set<String> wanted = new LinkedHashSet<>(Set.of(file.names().logits()));
    steps.values().forEach(step -> wanted.add(step.value()));
    Map<TapPoint, float[]> values = new HashMap<>();
    try (OrtSession.Result result = graph.run(tokens, 0, null, wanted)) {
      steps.forEach(
          (point, step) ->
              read(step, point.tap(), (OnnxTensor) result.get(step.value()).orElseThrow(), tokens)
                  .ifPresent(read -> values.put(point, read)));
      float[] watched = graph.logits(result, tokens.length);
      difference(logits, watched).ifPresent(remark);
      if (watched.length == logits.length) {
        values.put(new TapPoint(Tap.LOGITS, -1), watched);
      }
    }
    HeadOrder.of(source, tokens[0], values).rearrange(values);
    return values;
  }

  private Optional<float[]> read(StepSource step, Tap tap, OnnxTensor tensor, int[] tokens) {
    int heads =
        switch (tap) {
          case KEY, VALUE, ROTATED_KEY -> config.kvHeads();
          default -> config.heads();
        };
    return step.read(tensor, tokens.length, columns(tap), heads);
  }

  private int columns(Tap tap) {
    return switch (tap) {
      case QUERY, ATTENTION, ROTATED_QUERY -> config.queryWidth();
      case KEY, VALUE, ROTATED_KEY -> config.kvWidth();
      case GATE, UP, ACTIVATION -> config.ffn();
      case LOGITS -> config.vocab();
      case EMBEDDING,
          ATTENTION_NORM,
          PROJECTION,
          ATTENTION_RESIDUAL,
          FFN_NORM,
          DOWN,
          FFN_RESIDUAL,
          FINAL_NORM ->
          config.hidden();
    };
  }

  /** By how much watching changed the logits. */
  private static Optional<String> difference(float[] plain, float[] watched) {
    float largest = 0;
    for (int i = 1; i <= Math.min(plain.length, watched.length); i++) {
      float distance = Math.abs(plain[plain.length - i] - watched[watched.length - i]);
      largest = Math.max(largest, distance);
    }
    return largest == 0
        ? Optional.empty()
        : Optional.of("watching the steps changes its logits by up to %.1e".formatted(largest));
  }
}
