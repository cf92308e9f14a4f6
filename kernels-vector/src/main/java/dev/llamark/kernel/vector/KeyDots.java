package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of few queries with keys as they lie in the cache, where no other query would share the
 * cost of transposing them. Eight keys are read once from wherever they are, and from the
 * first-level cache for each further query; their eight sums are gathered by halves.
 */
final class KeyDots {

  /** Keys of a turn: as many accumulators hide the latency of the additions. */
  static final int KEYS = 8;

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Each stage exchanges lanes at half the distance of the one before. */
  private static final int STAGE1 = N / 2;

  private static final int STAGE2 = N / 4;
  private static final int STAGE3 = Math.max(1, N / 8);
  private static final VectorMask<Float> UPPER1 = upper(STAGE1);
  private static final VectorMask<Float> UPPER2 = upper(STAGE2);
  private static final VectorMask<Float> UPPER3 = upper(STAGE3);
  private static final VectorShuffle<Float> SWAP1 = swap(STAGE1);
  private static final VectorShuffle<Float> SWAP2 = swap(STAGE2);
  private static final VectorShuffle<Float> SWAP3 = swap(STAGE3);
  private static final VectorShuffle<Float> NEIGHBOUR = swap(1);

  /** The even lanes first. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, i -> i * 2 % N);

  private KeyDots() {}

  private static VectorMask<Float> upper(int distance) {
    boolean[] lanes = new boolean[N];
    for (int i = 0; i < N; i++) {
      lanes[i] = (i & distance) != 0;
    }
    return VectorMask.fromArray(S, lanes, 0);
  }

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(S, i -> i ^ distance);
  }

  /**
   * {@code scores = q · k}, (row × position).
   *
   * @param q (rows × headDim)
   * @param k (count × headDim)
   * @param scores a row every {@code stride}; behind a row's scores a vector's worth may change
   */
  static void multiply(
      float[] q,
      int rows,
      float[] k,
      int kFrom,
      int headDim,
      int count,
      float[] scores,
      int stride) {
    int first = 0;
    if (count >= KEYS) {
      for (; first < count; first += KEYS) {
        int p = Math.min(first, count - KEYS); // the last keys twice rather than one by one
        eight(q, rows, k, kFrom + p * headDim, headDim, scores, p, stride);
        tails(q, rows, k, kFrom + p * headDim, headDim, scores, p, stride);
      }
      return;
    }
    for (int row = 0; row < rows; row++) {
      for (int p = 0; p < count; p++) {
        float sum = 0;
        for (int i = 0; i < headDim; i++) {
          sum += q[row * headDim + i] * k[kFrom + p * headDim + i];
        }
        scores[row * stride + p] = sum;
      }
    }
  }

  /** Eight keys by each query, up to the last whole vector. */
  private static void eight(
      float[] q, int rows, float[] k, int k0, int headDim, float[] scores, int to, int stride) {
    int k1 = k0 + headDim;
    int k2 = k0 + 2 * headDim;
    int k3 = k0 + 3 * headDim;
    int k4 = k0 + 4 * headDim;
    int k5 = k0 + 5 * headDim;
    int k6 = k0 + 6 * headDim;
    int k7 = k0 + 7 * headDim;
    for (int row = 0, from = 0, at = to; row < rows; row++, from += headDim, at += stride) {
      FloatVector acc0 = FloatVector.zero(S);
      FloatVector acc1 = FloatVector.zero(S);
      FloatVector acc2 = FloatVector.zero(S);
      FloatVector acc3 = FloatVector.zero(S);
      FloatVector acc4 = FloatVector.zero(S);
      FloatVector acc5 = FloatVector.zero(S);
      FloatVector acc6 = FloatVector.zero(S);
      FloatVector acc7 = FloatVector.zero(S);

      int i = 0;

      // body: four vectors of each key, as its address costs instructions of its own
      for (; i <= headDim - 4 * N; i += 4 * N) {
        FloatVector x0 = FloatVector.fromArray(S, q, from + i);
        acc0 = x0.fma(FloatVector.fromArray(S, k, k0 + i), acc0);
        acc1 = x0.fma(FloatVector.fromArray(S, k, k1 + i), acc1);
        acc2 = x0.fma(FloatVector.fromArray(S, k, k2 + i), acc2);
        acc3 = x0.fma(FloatVector.fromArray(S, k, k3 + i), acc3);
        acc4 = x0.fma(FloatVector.fromArray(S, k, k4 + i), acc4);
        acc5 = x0.fma(FloatVector.fromArray(S, k, k5 + i), acc5);
        acc6 = x0.fma(FloatVector.fromArray(S, k, k6 + i), acc6);
        acc7 = x0.fma(FloatVector.fromArray(S, k, k7 + i), acc7);
        FloatVector x1 = FloatVector.fromArray(S, q, from + i + N);
        acc0 = x1.fma(FloatVector.fromArray(S, k, k0 + i + N), acc0);
        acc1 = x1.fma(FloatVector.fromArray(S, k, k1 + i + N), acc1);
        acc2 = x1.fma(FloatVector.fromArray(S, k, k2 + i + N), acc2);
        acc3 = x1.fma(FloatVector.fromArray(S, k, k3 + i + N), acc3);
        acc4 = x1.fma(FloatVector.fromArray(S, k, k4 + i + N), acc4);
        acc5 = x1.fma(FloatVector.fromArray(S, k, k5 + i + N), acc5);
        acc6 = x1.fma(FloatVector.fromArray(S, k, k6 + i + N), acc6);
        acc7 = x1.fma(FloatVector.fromArray(S, k, k7 + i + N), acc7);
        FloatVector x2 = FloatVector.fromArray(S, q, from + i + 2 * N);
        acc0 = x2.fma(FloatVector.fromArray(S, k, k0 + i + 2 * N), acc0);
        acc1 = x2.fma(FloatVector.fromArray(S, k, k1 + i + 2 * N), acc1);
        acc2 = x2.fma(FloatVector.fromArray(S, k, k2 + i + 2 * N), acc2);
        acc3 = x2.fma(FloatVector.fromArray(S, k, k3 + i + 2 * N), acc3);
        acc4 = x2.fma(FloatVector.fromArray(S, k, k4 + i + 2 * N), acc4);
        acc5 = x2.fma(FloatVector.fromArray(S, k, k5 + i + 2 * N), acc5);
        acc6 = x2.fma(FloatVector.fromArray(S, k, k6 + i + 2 * N), acc6);
        acc7 = x2.fma(FloatVector.fromArray(S, k, k7 + i + 2 * N), acc7);
        FloatVector x3 = FloatVector.fromArray(S, q, from + i + 3 * N);
        acc0 = x3.fma(FloatVector.fromArray(S, k, k0 + i + 3 * N), acc0);
        acc1 = x3.fma(FloatVector.fromArray(S, k, k1 + i + 3 * N), acc1);
        acc2 = x3.fma(FloatVector.fromArray(S, k, k2 + i + 3 * N), acc2);
        acc3 = x3.fma(FloatVector.fromArray(S, k, k3 + i + 3 * N), acc3);
        acc4 = x3.fma(FloatVector.fromArray(S, k, k4 + i + 3 * N), acc4);
        acc5 = x3.fma(FloatVector.fromArray(S, k, k5 + i + 3 * N), acc5);
        acc6 = x3.fma(FloatVector.fromArray(S, k, k6 + i + 3 * N), acc6);
        acc7 = x3.fma(FloatVector.fromArray(S, k, k7 + i + 3 * N), acc7);
      }

      // vector tail
      for (; i <= headDim - N; i += N) {
        FloatVector x = FloatVector.fromArray(S, q, from + i);
        acc0 = x.fma(FloatVector.fromArray(S, k, k0 + i), acc0);
        acc1 = x.fma(FloatVector.fromArray(S, k, k1 + i), acc1);
        acc2 = x.fma(FloatVector.fromArray(S, k, k2 + i), acc2);
        acc3 = x.fma(FloatVector.fromArray(S, k, k3 + i), acc3);
        acc4 = x.fma(FloatVector.fromArray(S, k, k4 + i), acc4);
        acc5 = x.fma(FloatVector.fromArray(S, k, k5 + i), acc5);
        acc6 = x.fma(FloatVector.fromArray(S, k, k6 + i), acc6);
        acc7 = x.fma(FloatVector.fromArray(S, k, k7 + i), acc7);
      }

      // reduce: after each stage a vector holds the sums of twice as many keys
      if (N >= 8) {
        acc0 = acc0.blend(acc4, UPPER1).add(acc4.blend(acc0, UPPER1).rearrange(SWAP1));
        acc1 = acc1.blend(acc5, UPPER1).add(acc5.blend(acc1, UPPER1).rearrange(SWAP1));
        acc2 = acc2.blend(acc6, UPPER1).add(acc6.blend(acc2, UPPER1).rearrange(SWAP1));
        acc3 = acc3.blend(acc7, UPPER1).add(acc7.blend(acc3, UPPER1).rearrange(SWAP1));
        acc0 = acc0.blend(acc2, UPPER2).add(acc2.blend(acc0, UPPER2).rearrange(SWAP2));
        acc1 = acc1.blend(acc3, UPPER2).add(acc3.blend(acc1, UPPER2).rearrange(SWAP2));
        acc0 = acc0.blend(acc1, UPPER3).add(acc1.blend(acc0, UPPER3).rearrange(SWAP3));
        if (N > 8) {
          acc0 = acc0.add(acc0.rearrange(NEIGHBOUR)).rearrange(EVEN);
        }
        acc0.intoArray(scores, at);
      } else {
        acc0 = acc0.blend(acc2, UPPER1).add(acc2.blend(acc0, UPPER1).rearrange(SWAP1));
        acc1 = acc1.blend(acc3, UPPER1).add(acc3.blend(acc1, UPPER1).rearrange(SWAP1));
        acc4 = acc4.blend(acc6, UPPER1).add(acc6.blend(acc4, UPPER1).rearrange(SWAP1));
        acc5 = acc5.blend(acc7, UPPER1).add(acc7.blend(acc5, UPPER1).rearrange(SWAP1));
        acc0.blend(acc1, UPPER2)
            .add(acc1.blend(acc0, UPPER2).rearrange(SWAP2))
            .intoArray(scores, at);
        acc4.blend(acc5, UPPER2)
            .add(acc5.blend(acc4, UPPER2).rearrange(SWAP2))
            .intoArray(scores, at + N);
      }
    }
  }

  /** Adds the elements beyond the last whole vector. */
  private static void tails(
      float[] q, int rows, float[] k, int kFrom, int headDim, float[] scores, int to, int stride) {
    int whole = headDim - headDim % N;
    for (int row = 0; row < rows && whole < headDim; row++) {
      for (int p = 0; p < KEYS; p++) {
        float sum = 0;
        for (int i = whole; i < headDim; i++) {
          sum = Math.fma(q[row * headDim + i], k[kFrom + p * headDim + i], sum);
        }
        scores[row * stride + to + p] += sum;
      }
    }
  }
}
