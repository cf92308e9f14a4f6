package dev.llamark.oracle;

/**
 * SwiGLU's gate in double (arXiv 2002.05202, equation 6), and how far float arithmetic may be from
 * it.
 *
 * <p>The bound is relative to {@code |gate · up|}, for far below zero the sigmoid underflows. The
 * exponential may be off by {@link #EXP_ULP} ulp of float, which are two roundings each; the
 * addition, the division and two products add one each.
 */
public final class SwiGluOracle {

  /** Ulp by which a kernel's exponential may be off. */
  static final int EXP_ULP = 4;

  private static final int ROUNDINGS = 2 * EXP_ULP + 4;

  private SwiGluOracle() {}

  /** {@code gate · sigmoid(gate) · up}. */
  public static double value(double gate, double up) {
    return gate / (1 + Math.exp(-gate)) * up;
  }

  /** Largest error. */
  static double allowed(float gate, float up) {
    return Bounds.gamma(ROUNDINGS) * Math.abs((double) gate * up) + underflow(up);
  }

  /** Error beyond which rounding alone is an unlikely cause. */
  static double typical(float gate, float up) {
    return Bounds.gamma(ROUNDINGS / 2.0) * Math.abs((double) gate * up) + underflow(up);
  }

  private static double underflow(float up) {
    return Bounds.UNDERFLOW * (2 + Math.abs(up));
  }
}
