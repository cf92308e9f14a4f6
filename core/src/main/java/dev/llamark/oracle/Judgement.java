package dev.llamark.oracle;

import java.util.List;
import java.util.Optional;

/**
 * What a case found in one output.
 *
 * @param verdict right or wrong
 * @param maxRatioToBound largest error ÷ allowed error; 0 where all is exact, infinite where an
 *     error was not allowed at all
 * @param maxAbs largest absolute error
 * @param nmse Σ(got − expected)² / Σ expected², expected being the oracle's value without any
 *     rounding of the input; NaN where the expected values are all zero or not finite
 * @param suspicious whether an error, though within the bound, is larger than rounding makes likely
 * @param worst the element with the largest ratio; absent where nothing was compared
 */
public record Judgement(
    Verdict verdict,
    double maxRatioToBound,
    double maxAbs,
    double nmse,
    boolean suspicious,
    Optional<Worst> worst) {

  /**
   * One element.
   *
   * @param index its place in the output, one coordinate per axis
   * @param allowed largest error that the bound allows
   */
  public record Worst(List<Integer> index, double expected, double got, double allowed) {

    @Override
    public String toString() {
      return "worst at %s: expected %s, got %s, allowed %.3g"
          .formatted(index, shortest(expected), shortest(got), allowed);
    }

    private static String shortest(double value) {
      return Float.toString((float) value);
    }
  }

  /** A failure that no single element shows. */
  public static Judgement failure(String reason) {
    return new Judgement(
        new Verdict.Fail(reason),
        Double.POSITIVE_INFINITY,
        Double.NaN,
        Double.NaN,
        false,
        Optional.empty());
  }

  /** Nothing was computed. */
  public static Judgement skipped(String reason) {
    return new Judgement(
        new Verdict.Skipped(reason), Double.NaN, Double.NaN, Double.NaN, false, Optional.empty());
  }

  public boolean passed() {
    return verdict instanceof Verdict.Pass;
  }
}
