package dev.llamark.kernel;

import static dev.llamark.kernel.Operation.MATMUL;

import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;

/**
 * The linear layer: {@code out[M×N] = x[M×K] · Wᵀ}, where W is (N × K), one row per output. M is 1
 * in decoding and up to thousands in prefill.
 *
 * <pre>{@code out[m][n] = Σ_k x[m][k] · W[n][k]}</pre>
 */
public non-sealed interface MatMul extends Kernel {

  @Override
  default Operation operation() {
    return MATMUL;
  }

  /** Whether {@link #pack} takes weights of this type. */
  default boolean supports(DType dtype) {
    return true;
  }

  /**
   * Brings weights into the form that this kernel reads. The result may keep referring to the
   * matrix's memory.
   *
   * @param weights W, (N × K)
   */
  PackedMatrix pack(Matrix weights);

  /**
   * Checks the operands, then multiplies. {@code out} and {@code x} share nothing.
   *
   * @param x input, (rows × K)
   * @param rows M, number of input rows
   * @param weights W, packed by this kernel
   * @param out result, (rows × N)
   * @throws IllegalArgumentException if an operand is too short or overlaps another
   */
  default void apply(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    Operands.positive(MATMUL, "rows", rows);
    long xCount = (long) rows * weights.columns();
    long outCount = (long) rows * weights.rows();
    Operands.elements(MATMUL, "x", x, xOffset, xCount);
    Operands.elements(MATMUL, "out", out, outOffset, outCount);
    Operands.disjoint(MATMUL, "x", x, xOffset, xCount, "out", out, outOffset, outCount);
    compute(x, xOffset, rows, weights, out, outOffset);
  }

  /** The kernel itself: see {@link #apply}, which has checked the operands. */
  void compute(float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset);
}
