package dev.llamark.oracle;

/** Constants of rounding error analysis in float. */
final class Bounds {

  /** Unit roundoff of float, u = 2^−24. */
  static final double U = 0x1p-24;

  /** Largest error of one operation whose result underflows: the smallest float, 2^−149. */
  static final double UNDERFLOW = 0x1p-149;

  /** Errors of random sign seldom exceed {@code LAMBDA·√n·u} (Higham &amp; Mary 2019). */
  private static final double LAMBDA = 6;

  private Bounds() {}

  /** γ_n = n·u / (1 − n·u): relative error of n roundings (Higham, 2nd ed., lemma 3.1). */
  static double gamma(double n) {
    return n * U / (1 - n * U);
  }

  /** λ·√n·u: what n roundings of random sign seldom exceed. */
  static double typical(double n) {
    return LAMBDA * Math.sqrt(n) * U;
  }
}
