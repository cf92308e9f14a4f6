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
   * Brings weights into the form that this kernel reads. The result may go on reading the matrix's
   * memory, and says so ({@link PackedMatrix#readsWeights}): it does unless it says otherwise.
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

  /**
   * Checks the operands, then multiplies one input by several weights, as queries, keys and values
   * want it: {@code outs[i] = x · weights[i]ᵀ}. A kernel gains by bringing {@code x} into its own
   * form once, and by sharing one thread region.
   *
   * @param x input, (rows × K)
   * @param rows M, number of input rows
   * @param weights each (N_i × K), packed by this kernel; at least one
   * @param outs results, (rows × N_i) each from index 0; as many as {@code weights}, different
   *     arrays, none of them {@code x}
   * @throws IllegalArgumentException if an operand is too short or shared, or columns differ
   */
  default void applyAll(float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs) {
    Operands.positive(MATMUL, "rows", rows);
    Operands.positive(MATMUL, "weights", weights.length);
    if (outs.length != weights.length) {
      throw Operands.refused(
          MATMUL, "outs must be as many as weights, %d, but are %d", weights.length, outs.length);
    }
    int columns = weights[0].columns();
    Operands.elements(MATMUL, "x", x, xOffset, (long) rows * columns);
    for (int i = 0; i < weights.length; i++) {
      if (weights[i].columns() != columns) {
        throw Operands.refused(
            MATMUL,
            "all weights must have the first one's %d columns, but weights[%d] has %d",
            columns,
            i,
            weights[i].columns());
      }
      Operands.elements(MATMUL, "outs", outs[i], 0, (long) rows * weights[i].rows());
      requireOwnArray(x, outs, i);
    }
    computeAll(x, xOffset, rows, weights, outs);
  }

  private static void requireOwnArray(float[] x, float[][] outs, int i) {
    boolean shared = outs[i] == x;
    for (int j = 0; j < i; j++) {
      shared |= outs[i] == outs[j];
    }
    if (shared) {
      throw Operands.refused(
          MATMUL, "outs[%d] must be an array of its own, but is x or an earlier result", i);
    }
  }

  /** The fused kernel of {@link #applyAll}; without one, {@link #compute} for each weight. */
  default void computeAll(
      float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs) {
    for (int i = 0; i < weights.length; i++) {
      compute(x, xOffset, rows, weights[i], outs[i], 0);
    }
  }

  /**
   * Checks the operands, then adds the layer's bias to every row: {@code out[m][n] += bias[n]}.
   *
   * @param bias (columns); shares nothing with {@code out}
   * @param rows M, number of rows
   * @param columns N, number of outputs
   * @param out in: products; out: their sums with the bias, (rows × columns)
   * @throws IllegalArgumentException if an operand is too short or overlaps another
   */
  default void addBias(
      float[] bias, int biasOffset, int rows, int columns, float[] out, int outOffset) {
    Operands.positive(MATMUL, "rows", rows);
    Operands.positive(MATMUL, "columns", columns);
    long n = (long) rows * columns;
    Operands.elements(MATMUL, "bias", bias, biasOffset, columns);
    Operands.elements(MATMUL, "out", out, outOffset, n);
    Operands.disjoint(MATMUL, "bias", bias, biasOffset, columns, "out", out, outOffset, n);
    computeBias(bias, biasOffset, rows, columns, out, outOffset);
  }

  /** The addition of {@link #addBias}, which has checked the operands. */
  default void computeBias(
      float[] bias, int biasOffset, int rows, int columns, float[] out, int outOffset) {
    for (int row = 0; row < rows; row++) {
      int to = outOffset + row * columns;
      for (int i = 0; i < columns; i++) {
        out[to + i] += bias[biasOffset + i];
      }
    }
  }
}
