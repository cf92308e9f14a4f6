package dev.llamark.oracle;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;

/**
 * Rotary position embedding in double (arXiv 2104.09864, equation 34), angles included, and how far
 * float arithmetic may be from it.
 *
 * <p>The bound is relative to the length of the pair, for a rotation can cancel either element. A
 * rounded cosine and sine, a product and a sum make three roundings.
 */
public final class RopeOracle {

  private static final int ROUNDINGS = 3;

  private RopeOracle() {}

  /**
   * One head, rotated.
   *
   * @param x elements {@code from … from + headDim - 1}
   * @param position the table's row
   */
  public static double[] head(
      float[] x, int from, int headDim, RopeTable table, int position, Pairing pairing) {
    double[] out = new double[headDim];
    for (int i = table.rotaryDim(); i < headDim; i++) {
      out[i] = x[from + i];
    }
    for (int j = 0; j < table.pairs(); j++) {
      double cos = table.cosine(position, j);
      double sin = table.sine(position, j);
      int first = pairing.first(j, table.rotaryDim());
      int second = pairing.second(j, table.rotaryDim());
      out[first] = x[from + first] * cos - x[from + second] * sin;
      out[second] = x[from + second] * cos + x[from + first] * sin;
    }
    return out;
  }

  /** Largest error of either element of a pair, whose length after the rotation is given. */
  static double allowed(double length) {
    return Bounds.gamma(ROUNDINGS) * length + 2 * Bounds.UNDERFLOW;
  }
}
