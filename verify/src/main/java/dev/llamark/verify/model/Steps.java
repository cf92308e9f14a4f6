package dev.llamark.verify.model;

import dev.llamark.kernel.Operation;
import dev.llamark.model.Tap;
import dev.llamark.verify.onnx.TapPoint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The error after each step of the forward pass, against one reference.
 *
 * @param steps in the order of the forward pass
 */
public record Steps(List<Step> steps) {

  /** Added errors below this are what float arithmetic does in a single step. */
  static final double NOISE = 1e-10;

  /** How far an added error must lie above those of the quieter steps. */
  private static final double CONSPICUOUS = 1000;

  /**
   * One step.
   *
   * @param inherited NMSE of its output as the variant computed it from its own input
   * @param added NMSE of its output when it was fed with the reference's input
   */
  public record Step(TapPoint point, double inherited, double added) {

    /** The operation whose result this is; empty for the embedding, which is a copy. */
    public Optional<Operation> operation() {
      return operationOf(point.tap());
    }
  }

  /** The operation whose result a tap shows; empty for the embedding, which is a copy. */
  public static Optional<Operation> operationOf(Tap tap) {
    return switch (tap) {
      case EMBEDDING -> Optional.empty();
      case ATTENTION_NORM, ATTENTION_RESIDUAL, FFN_NORM, FFN_RESIDUAL, FINAL_NORM ->
          Optional.of(Operation.RMSNORM);
      case QUERY, KEY, VALUE, PROJECTION, GATE, UP, DOWN, LOGITS -> Optional.of(Operation.MATMUL);
      case ROTATED_QUERY, ROTATED_KEY -> Optional.of(Operation.ROPE);
      case ATTENTION -> Optional.of(Operation.ATTENTION);
      case ACTIVATION -> Optional.of(Operation.SWIGLU);
    };
  }

  /** The step of this tap; empty where the reference does not show it. */
  public Optional<Step> of(TapPoint point) {
    return steps.stream().filter(step -> step.point().equals(point)).findFirst();
  }

  /** The step with the largest added error; NaN counts as the largest. */
  public Optional<Step> worst() {
    return steps.stream().reduce((a, b) -> Double.compare(b.added(), a.added()) > 0 ? b : a);
  }

  /**
   * The first step whose added error stands out from float noise: where the error enters. Empty
   * where none does.
   */
  public Optional<Step> first() {
    double[] added = steps.stream().mapToDouble(Step::added).filter(e -> e > 0).sorted().toArray();
    double quiet = added.length == 0 ? 0 : added[added.length / 4];
    double limit = Math.max(NOISE, Math.min(CONSPICUOUS * quiet, largest(added) / 2));
    return steps.stream().filter(s -> !(s.added() <= limit)).findFirst();
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
  }
}
