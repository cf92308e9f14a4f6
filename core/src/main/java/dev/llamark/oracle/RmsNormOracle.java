package dev.llamark.oracle;

/**
 * RMSNorm in double (arXiv 1910.07467, equation 4), and how far float arithmetic may be from it.
 *
 * <p>With any order of additions, with or without FMA, the float sum of n squares has the relative
 * error γ_n (Higham, 2nd ed., section 3.1). The root halves it; division by n, the addition of
 * epsilon, the root, its reciprocal and the two products add at most eight roundings more.
 */
public final class RmsNormOracle {

  /** Roundings besides those of the sum. */
  private static final int OTHER_ROUNDINGS = 8;

  private RmsNormOracle() {}

  /** {@code out[i] = x[i] / √(mean(x²) + epsilon) · weight[i]} of one row. */
  public static double[] row(float[] x, int from, float[] weight, float epsilon) {
    double scale = 1 / Math.sqrt(sumOfSquares(x, from, weight.length) / weight.length + epsilon);
    double[] out = new double[weight.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[from + i] * scale * weight[i];
    }
    return out;
  }

  static double sumOfSquares(float[] x, int from, int size) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += (double) x[from + i] * x[from + i];
    }
    return sum;
  }

  /** Whether float arithmetic can hold the row's sum of squares; beyond it the result is free. */
  static boolean inDomain(double sumOfSquares) {
    return !(sumOfSquares >= 0.99 * Float.MAX_VALUE);
  }

  /**
   * Largest error of one element.
   *
   * @param expected the oracle's value
   * @param weight the element's factor
   * @param size elements of the row
   * @param sumOfSquares of the row
   */
  static double allowed(
      double expected, float weight, int size, double sumOfSquares, float epsilon) {
    double relative = Bounds.gamma(size / 2.0 + OTHER_ROUNDINGS);
    double lostSquares = size * Bounds.UNDERFLOW / (sumOfSquares + size * (double) epsilon);
    return Math.abs(expected) * (relative + finite(lostSquares))
        + Bounds.UNDERFLOW * (1 + Math.abs(weight));
  }

  /** Error of one element beyond which rounding alone is an unlikely cause. */
  static double typical(double expected, float weight, int size) {
    return Math.abs(expected) * Bounds.typical(size / 4.0 + OTHER_ROUNDINGS)
        + Bounds.UNDERFLOW * (1 + Math.abs(weight));
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? value : 0;
  }
}
