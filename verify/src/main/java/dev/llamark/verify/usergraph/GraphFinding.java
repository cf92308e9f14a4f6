package dev.llamark.verify.usergraph;

import dev.llamark.oracle.Verdict;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.onnx.TapPoint;
import java.util.List;
import java.util.Optional;

/**
 * Whether a user's graph is the model.
 *
 * @param graph file and precision, as headlines name them
 * @param prefill its distance from the model in double, all tokens in one batch
 * @param decode the same, token by token
 * @param allowed the largest NMSE that its precision explains
 * @param law where that figure comes from
 * @param steps those that were recognised in it, in the order of the forward pass
 * @param rotation what its cosines and sines are beside the model's
 * @param remarks how it was run
 * @param verdict over all
 */
public record GraphFinding(
    String graph,
    Divergence prefill,
    Divergence decode,
    double allowed,
    String law,
    List<Step> steps,
    String rotation,
    List<String> remarks,
    Verdict verdict) {

  /**
   * One step of the graph.
   *
   * @param operations those whose result shows in it: its own, and of steps before it that the
   *     graph does not show
   * @param inherited NMSE of its value to the model in double
   * @param added the same where the model in double is fed with the graph's values before it
   * @param allowed what its precision explains of that
   */
  public record Step(
      TapPoint point, String operations, double inherited, double added, double allowed) {

    /** Whether it adds more than the graph's precision explains; NaN always does. */
    public boolean standsOut() {
      return !(added <= allowed);
    }

    /** As {@code layer 1 down (MatMul)}. */
    public String title() {
      return operations.isEmpty() ? point.title() : point.title() + " (" + operations + ")";
    }
  }

  /** Where the graph departs from the model; empty where no step stands out. */
  public Optional<Step> first() {
    return steps.stream().filter(Step::standsOut).findFirst();
  }
}
