package dev.llamark.verify;

import dev.llamark.model.LlamaConfig;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.ModelId;
import dev.llamark.run.VerifyModelRecord;
import dev.llamark.run.VerifyModelRecord.Greedy;
import dev.llamark.run.VerifyModelRecord.Layer;
import dev.llamark.run.VerifyModelRecord.Metrics;
import dev.llamark.verify.ModelStage.ModelResult;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.model.GreedyText.FirstDivergence;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.Steps;
import dev.llamark.verify.model.Steps.Step;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.model.VariantResult.Phase;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.usergraph.GraphFinding;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Turns what the model comparison found into result records, one for each phase. */
final class ModelRecords {

  private final int threads;
  private final Environment environment;

  ModelRecords(int threads, Environment environment) {
    this.threads = threads;
    this.environment = environment;
  }

  /** The records of one variant; a variant that did not run has one without figures. */
  List<VerifyModelRecord> of(ModelReference reference, ModelResult result, String replay) {
    VariantResult r = result.result();
    if (r.phases().isEmpty()) {
      return List.of(toRecord(reference, result, null, replay));
    }
    return r.phases().stream().map(phase -> toRecord(reference, result, phase, replay)).toList();
  }

  private VerifyModelRecord toRecord(
      ModelReference reference, ModelResult result, Phase phase, String replay) {
    VariantResult r = result.result();
    Verdict verdict = phase == null ? r.verdict() : phase.verdict();
    Integer divergence = r.firstDivergence().map(d -> d.position()).orElse(null);
    return new VerifyModelRecord(
        ModelId.of(reference.source()),
        result.variant().id(),
        result.variant().vectorBits(),
        threads,
        result.variant().role().name().toLowerCase(Locale.ROOT),
        phase == null ? "prefill" : phase.kind().name().toLowerCase(Locale.ROOT),
        reference.task().kv().id(),
        reference.task().tokens().length,
        reference.name(),
        phase == null ? null : metrics(phase.toReference(), divergence),
        phase == null ? null : phase.toOracle().map(o -> metrics(o, null)).orElse(null),
        layers(reference.source().config(), r.steps(), r.oracleSteps()),
        worst(Optional.of(r.steps())),
        worst(r.oracleSteps()),
        r.firstDivergence().map(ModelRecords::greedy).orElse(null),
        verdict.name(),
        verdict.reason().isEmpty() ? null : verdict.reason(),
        replay,
        environment);
  }

  /** The records of a user's own graph, which is compared with the model in double. */
  List<VerifyModelRecord> of(ModelReference reference, GraphFinding graph, String replay) {
    return List.of(
        toRecord(reference, graph, "prefill", graph.prefill(), replay),
        toRecord(reference, graph, "decode", graph.decode(), replay));
  }

  private VerifyModelRecord toRecord(
      ModelReference reference,
      GraphFinding graph,
      String phase,
      Divergence divergence,
      String replay) {
    Verdict verdict = graph.verdict();
    return new VerifyModelRecord(
        ModelId.of(reference.source()),
        graph.graph(),
        0,
        1,
        "reference",
        phase,
        "f32",
        reference.task().tokens().length,
        "oracle",
        metrics(divergence, null),
        metrics(divergence, null),
        graph.steps().stream().map(s -> layer(s.point(), s.inherited(), s.added())).toList(),
        graph.first().map(step -> step.point().title()).orElse(null),
        graph.first().map(step -> step.point().title()).orElse(null),
        null,
        verdict.name(),
        verdict.reason().isEmpty() ? null : verdict.reason(),
        replay,
        environment);
  }

  /** Of a graph that is compared with the model in double alone. */
  private static Layer layer(TapPoint point, double inherited, double added) {
    Integer number = point.layer() < 0 ? null : point.layer();
    return new Layer(number, point.tap().title(), inherited, added, inherited, added);
  }

  private static Metrics metrics(Divergence d, Integer firstDivergence) {
    return new Metrics(
        d.maxAbs(), d.nmse(), d.kldMean(), d.kldMax(), d.top1(), d.top10(), firstDivergence);
  }

  /** Every step that either of the two shows. */
  private static List<Layer> layers(
      LlamaConfig config, Steps toReference, Optional<Steps> toOracle) {
    return TapPoint.all(config).stream()
        .flatMap(
            point ->
                layer(point, toReference.of(point), toOracle.flatMap(o -> o.of(point))).stream())
        .toList();
  }

  private static Optional<Layer> layer(
      TapPoint point, Optional<Step> toReference, Optional<Step> toOracle) {
    if (toReference.isEmpty() && toOracle.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Layer(
            point.layer() < 0 ? null : point.layer(),
            point.tap().title(),
            toReference.map(Step::inherited).orElse(null),
            toReference.map(Step::added).orElse(null),
            toOracle.map(Step::inherited).orElse(null),
            toOracle.map(Step::added).orElse(null)));
  }

  private static String worst(Optional<Steps> steps) {
    return steps.flatMap(Steps::worst).map(step -> step.point().title()).orElse(null);
  }

  /** The first token that is another, with both margins. */
  static Greedy greedy(FirstDivergence d) {
    return new Greedy(
        d.position(), d.expected(), d.got(), d.expectedMargin(), d.gotMargin(), d.noise());
  }
}
