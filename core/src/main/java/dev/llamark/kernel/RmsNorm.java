package dev.llamark.kernel;

import static dev.llamark.kernel.Operation.RMSNORM;

/**
 * Root mean square layer normalisation (Zhang &amp; Sennrich, arXiv 1910.07467, equation 4), each
 * row by itself:
 *
 * <pre>{@code out[i] = x[i] / √(mean(x²) + epsilon) · weight[i]}</pre>
 *
 * <p>No mean is subtracted, and nothing is carried from one row to the next. Domain: the sum of a
 * row's squares stays below the largest float. Beyond it a kernel may return zeros, as float
 * arithmetic does, or the right result, if it sums in double. A NaN makes its whole row NaN; an
 * infinity makes its own element NaN and the others 0.
 */
public non-sealed interface RmsNorm extends Kernel {

  @Override
  default Operation operation() {
    return RMSNORM;
  }

  /**
   * Checks the operands, then normalises. {@code out} may be {@code x} itself or share nothing with
   * it; it shares nothing with {@code weight}.
   *
   * @param x input, (rows × size)
   * @param weight one factor per element of a row, (size)
   * @param epsilon added to the mean of the squares, inside the root; at least 0
   * @param out result, (rows × size)
   * @throws IllegalArgumentException if an operand is too short, overlaps another, or is out of
   *     range
   */
  default void apply(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    check(x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset);
    Operands.sameOrDisjoint(RMSNORM, "x", x, xOffset, "out", out, outOffset, (long) rows * size);
    compute(x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset);
  }

  /** The kernel itself: see {@link #apply}, which has checked the operands. */
  void compute(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset);

  /**
   * Checks the operands, then adds {@code delta} to the residual stream and normalises the sum.
   * {@code out} and {@code delta} may be the same elements; nothing else overlaps.
   *
   * @param residual in: the stream; out: {@code residual + delta}, (rows × size)
   * @param delta what is added, (rows × size)
   * @param weight one factor per element of a row, (size)
   * @param epsilon added to the mean of the squares, inside the root; at least 0
   * @param out the normalised sum, (rows × size)
   * @throws IllegalArgumentException as {@link #apply}
   */
  default void addAndNormalize(
      float[] residual,
      int residualOffset,
      float[] delta,
      int deltaOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    long n = (long) rows * size;
    check(residual, residualOffset, weight, weightOffset, rows, size, epsilon, out, outOffset);
    Operands.elements(RMSNORM, "delta", delta, deltaOffset, n);
    Operands.disjoint(
        RMSNORM, "residual", residual, residualOffset, n, "delta", delta, deltaOffset, n);
    Operands.disjoint(RMSNORM, "residual", residual, residualOffset, n, "out", out, outOffset, n);
    Operands.sameOrDisjoint(RMSNORM, "delta", delta, deltaOffset, "out", out, outOffset, n);
    computeSum(
        residual,
        residualOffset,
        delta,
        deltaOffset,
        weight,
        weightOffset,
        rows,
        size,
        epsilon,
        out,
        outOffset);
  }

  /** The fused kernel; without one, an addition and then {@link #compute}. */
  default void computeSum(
      float[] residual,
      int residualOffset,
      float[] delta,
      int deltaOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    for (int i = 0; i < rows * size; i++) {
      residual[residualOffset + i] += delta[deltaOffset + i];
    }
    compute(residual, residualOffset, weight, weightOffset, rows, size, epsilon, out, outOffset);
  }

  private static void check(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    Operands.positive(RMSNORM, "rows", rows);
    Operands.positive(RMSNORM, "size", size);
    if (!(epsilon >= 0)) {
      throw Operands.refused(RMSNORM, "epsilon must be at least 0, but is %s", epsilon);
    }
    long n = (long) rows * size;
    Operands.elements(RMSNORM, "x", x, xOffset, n);
    Operands.elements(RMSNORM, "weight", weight, weightOffset, size);
    Operands.elements(RMSNORM, "out", out, outOffset, n);
    Operands.disjoint(RMSNORM, "weight", weight, weightOffset, size, "out", out, outOffset, n);
  }
}
