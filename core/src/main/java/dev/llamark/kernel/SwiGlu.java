package dev.llamark.kernel;

import static dev.llamark.kernel.Operation.SWIGLU;

/**
 * The gate of Llama's feed-forward block (Shazeer, arXiv 2002.05202, equation 6, β = 1), element by
 * element:
 *
 * <pre>{@code out[i] = gate[i] · sigmoid(gate[i]) · up[i] = gate[i] / (1 + e^-gate[i]) · up[i]}
 * </pre>
 */
public non-sealed interface SwiGlu extends Kernel {

  @Override
  default Operation operation() {
    return SWIGLU;
  }

  /**
   * Checks the operands, then computes. {@code out} may be {@code gate} or {@code up} itself; else
   * it overlaps neither.
   *
   * @param gate gate projection, (size)
   * @param up up projection, (size)
   * @param size number of elements, all rows together
   * @param out result, (size)
   * @throws IllegalArgumentException if an operand is too short, overlaps another, or is out of
   *     range
   */
  default void apply(
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int size,
      float[] out,
      int outOffset) {
    Operands.positive(SWIGLU, "size", size);
    Operands.elements(SWIGLU, "gate", gate, gateOffset, size);
    Operands.elements(SWIGLU, "up", up, upOffset, size);
    Operands.elements(SWIGLU, "out", out, outOffset, size);
    Operands.sameOrDisjoint(SWIGLU, "gate", gate, gateOffset, "out", out, outOffset, size);
    Operands.sameOrDisjoint(SWIGLU, "up", up, upOffset, "out", out, outOffset, size);
    compute(gate, gateOffset, up, upOffset, size, out, outOffset);
  }

  /** The kernel itself: see {@link #apply}, which has checked the operands. */
  void compute(
      float[] gate, int gateOffset, float[] up, int upOffset, int size, float[] out, int outOffset);
}
