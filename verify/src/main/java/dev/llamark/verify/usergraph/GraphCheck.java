package dev.llamark.verify.usergraph;

import dev.llamark.model.LlamaConfig;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.model.LogitRows;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.usergraph.GraphFinding.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Judges whether a user's graph is the model that it is said to be. A graph in float must be as
 * near to the model in double as float arithmetic comes. What a coarser one may lose is measured:
 * by the model in double with its precision; so much, but not what hides behind it, is excused, at
 * the logits and at every step.
 */
public final class GraphCheck {

  /** NMSE that float arithmetic explains, of logits and of a single step. */
  private static final double FLOAT_NOISE = 1e-10;

  /** The RMS error of a coarser graph's logits may be so many times its precision's cost. */
  private static final double LOGITS_FACTOR = 2;

  /** As above, of a single step, in which a graph may round more often than the model does. */
  private static final double STEP_FACTOR = 3;

  /** An NMSE beyond which agreement of the logits alone says little. */
  private static final double SAYS_LITTLE = 0.1;

  private final ModelReference reference;
  private final UserGraph graph;
  private final OraclePass oracle;
  private final Consumer<String> progress;

  /**
   * @param reference computed with the graph
   * @param team for the model in double
   * @param progress told what is being done
   */
  public GraphCheck(
      ModelReference reference, UserGraph graph, ThreadTeam team, Consumer<String> progress) {
    this.reference = reference;
    this.graph = graph;
    this.oracle = new OraclePass(reference.source(), reference.task(), team);
    this.progress = progress;
  }

  /** The verdict, and what it stands on. */
  public GraphFinding run() {
    LogitRows right = reference.oracle().orElseThrow();
    Divergence prefill = Divergence.of(reference.prefill(), right);
    Divergence decode = Divergence.of(reference.decode(), right);
    Losses losses = losses(right);
    List<Step> steps = steps(losses.steps());
    RotaryCheck rotation = RotaryCheck.of(graph.file(), reference.source(), reference.task());
    return new GraphFinding(
        graph.file().name(),
        prefill,
        decode,
        losses.allowed(),
        losses.law(),
        steps,
        rotation.sentence(),
        graph.remarks(),
        verdict(rotation, steps, List.of(prefill, decode), losses));
  }

  /**
   * What the graph's precision explains.
   *
   * @param allowed NMSE of the logits
   * @param law where that comes from
   * @param steps NMSE that a step adds
   */
  private record Losses(double allowed, String law, Map<TapPoint, Double> steps) {}

  private Losses losses(LogitRows right) {
    GraphPrecision precision = graph.precision();
    if (!precision.coarse()) {
      return new Losses(FLOAT_NOISE, "what float arithmetic explains", Map.of());
    }
    progress.accept("oracle · the model in double, in " + precision);
    OraclePass.Coarse coarse = oracle.coarse(precision);
    double nmse = Divergence.of(LogitRows.of(coarse.logits(), right.vocab()), right).nmse();
    coarse.steps().keySet().retainAll(reference.taps().keySet());
    return new Losses(
        allowed(LOGITS_FACTOR, nmse),
        "twice the RMS error that " + precision + " explains",
        coarse.steps().isEmpty() ? Map.of() : oracle.added(coarse.steps()));
  }

  private static double allowed(double factor, double explained) {
    return Math.max(FLOAT_NOISE, factor * factor * explained);
  }

  private List<Step> steps(Map<TapPoint, Double> losses) {
    Map<TapPoint, float[]> shown = reference.taps();
    if (shown.isEmpty()) {
      return List.of();
    }
    progress.accept("oracle · step by step on the graph's values");
    Map<TapPoint, Double> added = oracle.added(shown);
    Map<TapPoint, float[]> right = reference.oracleTaps();
    List<Step> steps = new ArrayList<>();
    LlamaConfig config = reference.source().config();
    StepInputs inputs = new StepInputs(config.layers(), shown.keySet());
    for (TapPoint point : TapPoint.all(config)) {
      if (shown.containsKey(point)) {
        steps.add(
            new Step(
                point,
                inputs.operations(point),
                nmse(shown.get(point), right.get(point)),
                added.get(point),
                allowed(STEP_FACTOR, losses.getOrDefault(point, 0.0))));
      }
    }
    return steps;
  }

  private static double nmse(float[] got, float[] expected) {
    double error = 0;
    double square = 0;
    for (int i = 0; i < got.length; i++) {
      double d = got[i] - (double) expected[i];
      error += d * d;
      square += (double) expected[i] * expected[i];
    }
    return error == 0 ? 0 : error / square;
  }

  private Verdict verdict(
      RotaryCheck rotation, List<Step> steps, List<Divergence> phases, Losses losses) {
    if (!rotation.agrees()) {
      return new Verdict.Fail(rotation.sentence());
    }
    for (Step step : steps) {
      if (step.standsOut()) {
        return new Verdict.Fail(
            "%s adds NMSE %.1e, allowed %.1e"
                .formatted(step.title(), step.added(), step.allowed()));
      }
    }
    for (Divergence phase : phases) {
      if (!(phase.nmse() <= losses.allowed())) {
        return new Verdict.Fail(
            Double.isNaN(phase.nmse())
                ? "its distance is undefined: " + phase.undefined()
                : "NMSE %.1e to the model in double, allowed %.1e (%s)"
                    .formatted(phase.nmse(), losses.allowed(), losses.law()));
      }
    }
    return blind(steps) && losses.allowed() > SAYS_LITTLE
        ? new Verdict.Mistrusted(
            "most of its steps were not recognised, and its logits may be off by NMSE %.1e (%s)"
                .formatted(losses.allowed(), losses.law()))
        : new Verdict.Pass();
  }

  /** Whether too little of the forward pass was seen to judge by steps. */
  private boolean blind(List<Step> steps) {
    return 2 * steps.size() < TapPoint.all(reference.source().config()).size();
  }
}
