package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What softmax does to a row of scores, besides the exponentials. */
final class ScoreRows {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final float NONE = Float.NEGATIVE_INFINITY;

  private ScoreRows() {}

  /** Whole vectors that hold so many scores, in elements. */
  static int padded(int count) {
    return Math.ceilDiv(count, N) * N;
  }

  /**
   * The highest score, at least −∞; a NaN is none, but shows in the exponentials. Fills up the last
   * vector with −∞.
   */
  static float highest(float[] scores, int from, int count) {
    int padded = padded(count);
    for (int i = count; i < padded; i++) {
      scores[from + i] = NONE;
    }
    FloatVector top = FloatVector.broadcast(S, NONE);
    FloatVector other = top;
    int i = 0;

    // body: two, as each step waits for the one before
    for (; i <= padded - 2 * N; i += 2 * N) {
      FloatVector a = FloatVector.fromArray(S, scores, from + i);
      FloatVector b = FloatVector.fromArray(S, scores, from + i + N);
      top = top.blend(a, a.compare(VectorOperators.GT, top));
      other = other.blend(b, b.compare(VectorOperators.GT, other));
    }
    if (i < padded) {
      FloatVector a = FloatVector.fromArray(S, scores, from + i);
      top = top.blend(a, a.compare(VectorOperators.GT, top));
    }

    // reduce
    top = top.blend(other, other.compare(VectorOperators.GT, top));
    if (N > 8) {
      other = top.rearrange(Lanes.BY_8);
      top = top.blend(other, other.compare(VectorOperators.GT, top));
    }
    if (N > 4) {
      other = top.rearrange(Lanes.BY_4);
      top = top.blend(other, other.compare(VectorOperators.GT, top));
    }
    other = top.rearrange(Lanes.BY_2);
    top = top.blend(other, other.compare(VectorOperators.GT, top));
    other = top.rearrange(Lanes.BY_1);
    return top.blend(other, other.compare(VectorOperators.GT, top)).lane(0);
  }

  /** {@code x *= factor}. */
  static void scale(float[] x, int from, int count, float factor) {
    for (int i = 0; i < count; i++) {
      x[from + i] *= factor;
    }
  }

  /** {@code to += factor · v}. */
  static void add(float factor, float[] v, int from, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] += factor * v[from + i];
    }
  }
}
