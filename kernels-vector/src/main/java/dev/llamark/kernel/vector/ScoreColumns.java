package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.GT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * What softmax does to a panel's scores, (position × row), besides the exponentials: each lane is a
 * row of its own.
 */
final class ScoreColumns {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = TileShape.WIDTH;
  private static final float NONE = Float.NEGATIVE_INFINITY;

  private ScoreColumns() {}

  /**
   * Scores of positions that lie behind a row's own become −∞.
   *
   * @param from first of the block's positions that some row does not see
   * @param end end of the block's positions
   * @param position each row's own, from {@code rowsFrom} on
   * @param first position of the block's first
   */
  static void mask(float[] scores, int from, int end, float[] position, int rowsFrom, int first) {
    for (int p = from; p < end; p++) {
      for (int i = 0; i < WIDTH; i += N) {
        FloatVector own = FloatVector.fromArray(S, position, rowsFrom + i);
        VectorMask<Float> behind = own.lt(first + p);
        FloatVector.fromArray(S, scores, p * WIDTH + i)
            .blend(NONE, behind)
            .intoArray(scores, p * WIDTH + i);
      }
    }
  }

  /**
   * Raises the highest scores to those of the block; a NaN does not, but shows in the exponentials.
   *
   * @param change gets what a row's highest score was less than it is, not positive
   * @return whether one has changed
   */
  static boolean raise(float[] scores, int count, float[] highest, int rowsFrom, float[] change) {
    FloatVector beforeA = FloatVector.fromArray(S, highest, rowsFrom);
    FloatVector beforeB = FloatVector.fromArray(S, highest, rowsFrom + N);
    FloatVector now0a = beforeA;
    FloatVector now0b = beforeB;
    FloatVector now1a = beforeA;
    FloatVector now1b = beforeB;
    int p = 0;

    // body: four, as each step waits for the one before
    for (; p <= count - 2; p += 2) {
      FloatVector s0a = FloatVector.fromArray(S, scores, p * WIDTH);
      FloatVector s0b = FloatVector.fromArray(S, scores, p * WIDTH + N);
      FloatVector s1a = FloatVector.fromArray(S, scores, p * WIDTH + 2 * N);
      FloatVector s1b = FloatVector.fromArray(S, scores, p * WIDTH + 3 * N);
      now0a = now0a.blend(s0a, s0a.compare(GT, now0a));
      now0b = now0b.blend(s0b, s0b.compare(GT, now0b));
      now1a = now1a.blend(s1a, s1a.compare(GT, now1a));
      now1b = now1b.blend(s1b, s1b.compare(GT, now1b));
    }

    // tail
    if (p < count) {
      FloatVector s0a = FloatVector.fromArray(S, scores, p * WIDTH);
      FloatVector s0b = FloatVector.fromArray(S, scores, p * WIDTH + N);
      now0a = now0a.blend(s0a, s0a.compare(GT, now0a));
      now0b = now0b.blend(s0b, s0b.compare(GT, now0b));
    }

    // reduce
    now0a = now0a.blend(now1a, now1a.compare(GT, now0a));
    now0b = now0b.blend(now1b, now1b.compare(GT, now0b));
    now0a.intoArray(highest, rowsFrom);
    now0b.intoArray(highest, rowsFrom + N);
    VectorMask<Float> raisedA = now0a.compare(GT, beforeA);
    VectorMask<Float> raisedB = now0b.compare(GT, beforeB);
    FloatVector.zero(S).blend(beforeA.sub(now0a), raisedA).intoArray(change, 0);
    FloatVector.zero(S).blend(beforeB.sub(now0b), raisedB).intoArray(change, N);
    return raisedA.anyTrue() || raisedB.anyTrue();
  }

  /**
   * Multiplies each row's values by its factor.
   *
   * @param x (value × row), from value {@code first} on
   */
  static void scale(float[] x, int first, int count, float[] factors) {
    for (int i = 0; i < WIDTH; i += N) {
      FloatVector factor = FloatVector.fromArray(S, factors, i);
      for (int c = 0; c < count; c++) {
        int at = (first + c) * WIDTH + i;
        FloatVector.fromArray(S, x, at).mul(factor).intoArray(x, at);
      }
    }
  }
}
