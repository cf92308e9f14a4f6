package dev.llamark.bench.claims;

/** One of the normalisations that are compared, each row by itself. */
@FunctionalInterface
interface RowNorm {

  /** Added to the mean square, or to the variance. */
  float EPSILON = 1e-5f;

  /**
   * Normalises.
   *
   * @param x (rows × size)
   * @param weight (size)
   * @param bias (size); read by LayerNorm alone
   * @param out (rows × size)
   */
  void apply(float[] x, float[] weight, float[] bias, int rows, int size, float[] out);
}
