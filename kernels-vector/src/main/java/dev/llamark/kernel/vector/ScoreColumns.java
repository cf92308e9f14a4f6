package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The softmax of a panel's scores, (position × row): each lane is a row of its own. */
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
   * Raises the maxima to those of the scores; a NaN does not, but shows in the exponentials.
   *
   * @param factor gets {@code e^(before − now)}
   * @return whether a maximum has changed
   */
  static boolean raise(float[] scores, int count, float[] max, int rowsFrom, float[] factor) {
    boolean moved = false;
    for (int i = 0; i < WIDTH; i += N) {
      FloatVector before = FloatVector.fromArray(S, max, rowsFrom + i);
      FloatVector now = before;
      for (int p = 0; p < count; p++) {
        FloatVector score = FloatVector.fromArray(S, scores, p * WIDTH + i);
        now = now.blend(score, score.compare(VectorOperators.GT, now));
      }
      now.intoArray(max, rowsFrom + i);
      VectorMask<Float> changed = now.compare(VectorOperators.GT, before);
      moved |= changed.anyTrue();
      FloatVector one = FloatVector.broadcast(S, 1);
      one.blend(VectorExp.exp(before.sub(now)), changed).intoArray(factor, i);
    }
    return moved;
  }

  /** Replaces scores by {@code e^(score − max)}; {@code sum = sum · factor + Σ}. */
  static void exponentials(
      float[] scores, int count, float[] max, float[] factor, float[] sum, int rowsFrom) {
    for (int i = 0; i < WIDTH; i += N) {
      FloatVector top = FloatVector.fromArray(S, max, rowsFrom + i);
      FloatVector reference = top.blend(0, top.eq(NONE)); // nothing seen but −∞: all are 0
      FloatVector total =
          FloatVector.fromArray(S, sum, rowsFrom + i).mul(FloatVector.fromArray(S, factor, i));
      for (int p = 0; p < count; p++) {
        int at = p * WIDTH + i;
        FloatVector e = VectorExp.expOrZero(FloatVector.fromArray(S, scores, at).sub(reference));
        e.intoArray(scores, at);
        total = total.add(e);
      }
      total.intoArray(sum, rowsFrom + i);
    }
  }

  /** Multiplies each row's sums, (element × row), by its factor. */
  static void rescale(float[] weighted, int from, int elements, float[] factor) {
    for (int i = 0; i < WIDTH; i += N) {
      FloatVector f = FloatVector.fromArray(S, factor, i);
      for (int c = 0; c < elements; c++) {
        int at = from + c * WIDTH + i;
        FloatVector.fromArray(S, weighted, at).mul(f).intoArray(weighted, at);
      }
    }
  }
}
