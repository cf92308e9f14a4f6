package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential function of arguments that are not positive, as softmax needs it, within {@value
 * #ULPS} ulp; NaN stays NaN.
 *
 * <p>With {@code n} the whole number nearest to {@code x / ln 2} and {@code r = x − n · ln 2},
 * which is at most {@code ln 2 / 2} large, {@code eˣ = 2ⁿ · eʳ}. The polynomial is the minimax
 * approximation of Cephes ({@code expf}: Moshier, <em>Methods and Programs for Mathematical
 * Functions</em>, 1989).
 */
final class VectorExp {

  /** Largest error, in units of the last place. */
  static final int ULPS = 2;

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Below this it may be subnormal. */
  static final float LOWEST_NORMAL = -87;

  private static final float LOG2_E = 1.44269504f;

  /** Adding it leaves a whole number in the low bits of the significand. */
  private static final float ROUNDING = 0x1.8p23f;

  /** ln 2 in two parts; the first has few bits, so that its product with n is exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  private static final float C2 = 5.0000001201e-1f;
  private static final float C3 = 1.6666665459e-1f;
  private static final float C4 = 4.1665795894e-2f;
  private static final float C5 = 8.3334519073e-3f;
  private static final float C6 = 1.3981999507e-3f;
  private static final float C7 = 1.9875691500e-4f;

  private static final int BIAS = 127;
  private static final int SIGNIFICAND = 23;

  /** The bits of 1. */
  private static final int ONE = BIAS << SIGNIFICAND;

  private VectorExp() {}

  /**
   * Replaces each x by {@code e^(x − highest)}, for {@code x ≤ highest}, but by 0 where that is
   * below {@code e^}{@value #LOWEST_NORMAL} and about to be subnormal: a weight that is nothing
   * beside the largest one's 1. Adds up each lane.
   *
   * <p>An array, not a vector, comes and goes: had the compiler compiled a method of ours before
   * its caller, it may refuse to inline it, and each vector would cross on the heap.
   *
   * @param count whole vectors, in elements
   * @param sums one vector, to which the results are added
   */
  static void weights(float[] x, int from, int count, float highest, float[] sums, int sumsFrom) {
    FloatVector sum = FloatVector.fromArray(S, sums, sumsFrom);
    for (int i = from; i < from + count; i += N) {
      FloatVector y = FloatVector.fromArray(S, x, i).sub(highest);
      FloatVector shifted =
          y.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDING));
      FloatVector n = shifted.sub(ROUNDING);
      FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), y);
      r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);

      FloatVector p = r.fma(FloatVector.broadcast(S, C7), FloatVector.broadcast(S, C6));
      p = p.fma(r, FloatVector.broadcast(S, C5));
      p = p.fma(r, FloatVector.broadcast(S, C4));
      p = p.fma(r, FloatVector.broadcast(S, C3));
      p = p.fma(r, FloatVector.broadcast(S, C2));
      p = p.fma(r.mul(r), r).add(1);

      // 2ⁿ as one factor
      IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, SIGNIFICAND);
      FloatVector factor = exponent.add(ONE).reinterpretAsFloats();
      FloatVector e = p.mul(factor).blend(0, y.lt(LOWEST_NORMAL));
      e.intoArray(x, i);
      sum = sum.add(e);
    }
    sum.intoArray(sums, sumsFrom);
  }

  /**
   * As {@link #weights}, of a panel's scores: each lane is a row of its own.
   *
   * @param x scores, (position × row)
   * @param count positions
   * @param highest each row's highest score, from {@code rowsFrom} on; −∞ if all are −∞
   * @param out gets the exponentials, (position × row)
   * @param sums each row's, from {@code rowsFrom} on, to which the results are added
   */
  static void columns(
      float[] x, int count, float[] highest, int rowsFrom, MemorySegment out, float[] sums) {
    for (int lane = 0; lane < TileShape.WIDTH; lane += N) {
      FloatVector top = FloatVector.fromArray(S, highest, rowsFrom + lane);
      FloatVector reference = top.blend(0, top.eq(Float.NEGATIVE_INFINITY));
      FloatVector sum = FloatVector.fromArray(S, sums, rowsFrom + lane);
      for (int p = 0; p < count; p++) {
        FloatVector y = FloatVector.fromArray(S, x, p * TileShape.WIDTH + lane).sub(reference);
        FloatVector shifted =
            y.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDING));
        FloatVector n = shifted.sub(ROUNDING);
        FloatVector r = n.fma(FloatVector.broadcast(S, -LN2_HIGH), y);
        r = n.fma(FloatVector.broadcast(S, -LN2_LOW), r);

        FloatVector q = r.fma(FloatVector.broadcast(S, C7), FloatVector.broadcast(S, C6));
        q = q.fma(r, FloatVector.broadcast(S, C5));
        q = q.fma(r, FloatVector.broadcast(S, C4));
        q = q.fma(r, FloatVector.broadcast(S, C3));
        q = q.fma(r, FloatVector.broadcast(S, C2));
        q = q.fma(r.mul(r), r).add(1);

        IntVector exponent =
            shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, SIGNIFICAND);
        FloatVector factor = exponent.add(ONE).reinterpretAsFloats();
        FloatVector e = q.mul(factor).blend(0, y.lt(LOWEST_NORMAL));
        e.intoMemorySegment(
            out, Float.BYTES * ((long) p * TileShape.WIDTH + lane), ByteOrder.nativeOrder());
        sum = sum.add(e);
      }
      sum.intoArray(sums, rowsFrom + lane);
    }
  }
}
