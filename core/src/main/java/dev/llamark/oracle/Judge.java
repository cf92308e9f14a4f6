package dev.llamark.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares an output with the oracle's, element by element. */
final class Judge {

  private final int[] shape;
  private double maxRatio;
  private double maxTypicalRatio;
  private double maxAbs;
  private double squaredError;
  private double squaredExpected;
  private Judgement.Worst worst;

  /**
   * @param shape of the output, row-major, for the coordinates of an element
   */
  Judge(int... shape) {
    this.shape = shape.clone();
  }

  /** An element that must be exactly this. */
  void exact(int index, double expected, float got) {
    element(index, expected, got, 0, 0);
  }

  /**
   * An element.
   *
   * @param index its place in the row-major output
   * @param expected the oracle's value; NaN demands NaN, infinity demands itself or NaN
   * @param allowed largest error that the bound allows
   * @param typical error beyond which rounding alone is an unlikely cause
   */
  void element(int index, double expected, float got, double allowed, double typical) {
    element(index, expected, expected, got, allowed, typical);
  }

  /**
   * An element of a variant that rounds its input.
   *
   * @param plain the oracle's value without that rounding, to which the NMSE refers
   */
  void element(
      int index, double expected, double plain, float got, double allowed, double typical) {
    double error = error(expected, got);
    if (Double.isFinite(plain)) {
      squaredError += Math.pow(error(plain, got), 2);
      squaredExpected += plain * plain;
    }
    maxAbs = Math.max(maxAbs, error);
    double ratio = ratio(error, allowed);
    maxTypicalRatio = Math.max(maxTypicalRatio, ratio(error, typical));
    if (ratio > maxRatio || worst == null) {
      maxRatio = Math.max(maxRatio, ratio);
      worst = new Judgement.Worst(coordinates(index), expected, got, allowed);
    }
  }

  private static double error(double expected, float got) {
    if (Double.isNaN(expected)) {
      return Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    }
    if (Double.isInfinite(expected)) {
      return got == expected || Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    }
    double error = Math.abs(expected - got);
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  private static double ratio(double error, double allowed) {
    if (error == 0) {
      return 0;
    }
    return Double.isInfinite(error) ? error : error / allowed;
  }

  private List<Integer> coordinates(int index) {
    int[] at = new int[shape.length];
    for (int axis = shape.length - 1, rest = index; axis >= 0; axis--) {
      at[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return Arrays.stream(at).boxed().toList();
  }

  /** What was found in all elements so far. */
  Judgement judgement() {
    double nmse = squaredExpected > 0 ? squaredError / squaredExpected : Double.NaN;
    Verdict verdict = maxRatio <= 1 ? new Verdict.Pass() : new Verdict.Fail(String.valueOf(worst));
    return new Judgement(
        verdict, maxRatio, maxAbs, nmse, maxTypicalRatio > 1, Optional.ofNullable(worst));
  }
}
