package dev.llamark.kernel;

import static dev.llamark.kernel.Operation.ROPE;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;

/**
 * Rotary position embedding (Su et al., RoFormer, arXiv 2104.09864, equations 13 to 15 and 34):
 * pair {@code j} of a head is turned by the angle {@code position · inverseFrequency[j]}, a
 * different frequency for each pair:
 *
 * <pre>{@code
 * out[a] = x[a] · cos − x[b] · sin
 * out[b] = x[b] · cos + x[a] · sin
 * }</pre>
 *
 * <p>{@link Pairing} says which elements (a, b) are pair {@code j}. Elements from the table's
 * rotary dimension on are copied as they are (partial rotary).
 */
public non-sealed interface Rope extends Kernel {

  @Override
  default Operation operation() {
    return ROPE;
  }

  /**
   * Checks the operands, then rotates. {@code out} may be {@code x} itself or share nothing with
   * it.
   *
   * @param x queries or keys, (tokens × heads × headDim)
   * @param positions the table's row for each token, (tokens), from {@code positionsOffset}
   * @param table cosines and sines, and with them the rotary dimension, at most {@code headDim}
   * @param pairing which elements form a pair
   * @param out result, (tokens × heads × headDim)
   * @throws IllegalArgumentException if an operand is too short, overlaps another, or is out of
   *     range
   */
  default void apply(
      float[] x,
      int xOffset,
      int[] positions,
      int positionsOffset,
      RopeTable table,
      Pairing pairing,
      int tokens,
      int heads,
      int headDim,
      float[] out,
      int outOffset) {
    Operands.positive(ROPE, "tokens", tokens);
    Operands.positive(ROPE, "heads", heads);
    Operands.positive(ROPE, "headDim", headDim);
    if (table.rotaryDim() > headDim) {
      throw Operands.refused(
          ROPE,
          "the table's rotary dimension must be at most headDim = %d, but is %d",
          headDim,
          table.rotaryDim());
    }
    long n = (long) tokens * heads * headDim;
    Operands.elements(ROPE, "x", x, xOffset, n);
    Operands.room(ROPE, "positions", positions.length, positionsOffset, tokens);
    Operands.elements(ROPE, "out", out, outOffset, n);
    Operands.sameOrDisjoint(ROPE, "x", x, xOffset, "out", out, outOffset, n);
    for (int t = 0; t < tokens; t++) {
      int position = positions[positionsOffset + t];
      if (position < 0 || position >= table.positions()) {
        throw Operands.refused(
            ROPE,
            "positions[%d] must be from 0 to %d, the table's last, but is %d",
            t,
            table.positions() - 1,
            position);
      }
    }
    compute(
        x,
        xOffset,
        positions,
        positionsOffset,
        table,
        pairing,
        tokens,
        heads,
        headDim,
        out,
        outOffset);
  }

  /** The kernel itself: see {@link #apply}, which has checked the operands. */
  void compute(
      float[] x,
      int xOffset,
      int[] positions,
      int positionsOffset,
      RopeTable table,
      Pairing pairing,
      int tokens,
      int heads,
      int headDim,
      float[] out,
      int outOffset);
}
