package dev.llamark.kernel.vector;

import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The running softmax of some queries that share a KV head: for each its maximum score, the sum of
 * its exponentials, and their sum weighted with the values. One thread's scratch memory.
 */
final class AttentionRows {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Positions of a block: keys and values of a block stay in the first-level cache. */
  private static final int BLOCK = 32;

  private final float[] scores = new float[BLOCK];

  /** Products of a query and a key that are still to be summed across lanes. */
  private final float[] lanes = new float[BLOCK * N];

  private float[] keys = new float[0];
  private float[] values = new float[0];
  private float[] max = new float[0];
  private float[] sum = new float[0];
  private float[] weighted = new float[0];
  private int tokens;
  private int group;
  private int firstPosition;
  private int headDim;

  /** Rows of {@code tokens} tokens from {@code firstPosition} on, {@code group} for each. */
  void begin(int tokens, int group, int firstPosition, int headDim) {
    this.tokens = tokens;
    this.group = group;
    this.firstPosition = firstPosition;
    this.headDim = headDim;
    int rows = tokens * group;
    if (max.length < rows) {
      max = new float[rows];
      sum = new float[rows];
    }
    if (weighted.length < rows * headDim) {
      weighted = new float[rows * headDim];
    }
    if (keys.length < BLOCK * headDim) {
      keys = new float[BLOCK * headDim];
      values = new float[BLOCK * headDim];
    }
    Arrays.fill(max, 0, rows, Float.NEGATIVE_INFINITY);
    Arrays.fill(sum, 0, rows, 0);
    Arrays.fill(weighted, 0, rows * headDim, 0);
  }

  /** Goes over the positions from {@code from} to {@code end - 1} that each row may see. */
  void attend(
      float[] q,
      int qFrom,
      int heads,
      KeyValues cache,
      int kvHead,
      int from,
      int end,
      float scale) {
    for (int position = from; position < end; position += BLOCK) {
      int count = Math.min(BLOCK, end - position);
      int at = cache.index(kvHead, position);
      if (cache.dtype() == DType.F32) {
        block(q, qFrom, heads, cache.keys(), cache.values(), at, position, count, scale);
      } else {
        widen(cache.halfKeys(), at, keys, count * headDim);
        widen(cache.halfValues(), at, values, count * headDim);
        block(q, qFrom, heads, keys, values, 0, position, count, scale);
      }
    }
  }

  /** A plain loop: the compiler vectorises this conversion, the Vector API has none. */
  private static void widen(short[] from, int offset, float[] to, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = Float.float16ToFloat(from[offset + i]);
    }
  }

  private void block(
      float[] q,
      int qFrom,
      int heads,
      float[] k,
      float[] v,
      int at,
      int position,
      int count,
      float scale) {
    for (int row = 0; row < tokens * group; row++) {
      int token = row / group;
      int visible = Math.min(count, firstPosition + token + 1 - position);
      if (visible > 0) {
        int query = qFrom + (token * heads + row % group) * headDim;
        float highest = scores(q, query, k, at, visible, scale);
        float reference = rescale(row, highest);
        exponentials(scores, visible, reference);
        sum[row] += total(scores, visible);
        addWeighted(scores, visible, v, at, headDim, weighted, row * headDim);
      }
    }
  }

  /** Takes a row's new maximum into account; returns what is subtracted from the scores. */
  private float rescale(int row, float highest) {
    float before = max[row];
    float now = Math.max(before, highest);
    if (now == Float.NEGATIVE_INFINITY) {
      return 0; // nothing seen yet but −∞: exponentials are 0
    }
    if (now != before) {
      max[row] = now;
      float factor = (float) Math.exp(before - now);
      sum[row] *= factor;
      for (int i = row * headDim; i < (row + 1) * headDim; i++) {
        weighted[i] *= factor;
      }
    }
    return now;
  }

  /** {@code scores[p] = scale · q · k[p]}; returns the highest. */
  private float scores(float[] q, int qFrom, float[] k, int kFrom, int count, float scale) {
    int p = 0;
    for (; p <= count - 4; p += 4) {
      fourProducts(q, qFrom, k, kFrom + p * headDim, headDim, lanes, p * N);
    }
    for (; p < count; p++) {
      product(q, qFrom, k, kFrom + p * headDim, headDim, lanes, p * N);
    }
    addTails(q, qFrom, k, kFrom, count);
    return sumLanes(lanes, scores, count, scale);
  }

  /** One query by four keys, lane by lane, up to the last whole vector. */
  private static void fourProducts(
      float[] q, int qFrom, float[] k, int kFrom, int headDim, float[] lanes, int to) {
    FloatVector acc0 = FloatVector.zero(S);
    FloatVector acc1 = FloatVector.zero(S);
    FloatVector acc2 = FloatVector.zero(S);
    FloatVector acc3 = FloatVector.zero(S);

    // body
    for (int i = 0; i <= headDim - N; i += N) {
      FloatVector x = FloatVector.fromArray(S, q, qFrom + i);
      int at = kFrom + i;
      acc0 = Lanes.fma(x, FloatVector.fromArray(S, k, at), acc0);
      acc1 = Lanes.fma(x, FloatVector.fromArray(S, k, at + headDim), acc1);
      acc2 = Lanes.fma(x, FloatVector.fromArray(S, k, at + 2 * headDim), acc2);
      acc3 = Lanes.fma(x, FloatVector.fromArray(S, k, at + 3 * headDim), acc3);
    }

    // store
    acc0.intoArray(lanes, to);
    acc1.intoArray(lanes, to + N);
    acc2.intoArray(lanes, to + 2 * N);
    acc3.intoArray(lanes, to + 3 * N);
  }

  /** One query by one key, likewise. */
  private static void product(
      float[] q, int qFrom, float[] k, int kFrom, int headDim, float[] lanes, int to) {
    FloatVector acc = FloatVector.zero(S);

    // body
    for (int i = 0; i <= headDim - N; i += N) {
      FloatVector x = FloatVector.fromArray(S, q, qFrom + i);
      acc = Lanes.fma(x, FloatVector.fromArray(S, k, kFrom + i), acc);
    }

    // store
    acc.intoArray(lanes, to);
  }

  /** The elements beyond the last whole vector go to the first lanes. */
  private void addTails(float[] q, int qFrom, float[] k, int kFrom, int count) {
    int whole = headDim - headDim % N;
    if (whole == headDim) {
      return;
    }
    for (int p = 0; p < count; p++) {
      int at = kFrom + p * headDim;
      for (int i = whole; i < headDim; i++) {
        int lane = p * N + i - whole;
        lanes[lane] = Lanes.fma(q[qFrom + i], k[at + i], lanes[lane]);
      }
    }
  }

  private static float sumLanes(float[] lanes, float[] scores, int count, float scale) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int p = 0; p < count; p++) {
      float score = scale * Lanes.sum(FloatVector.fromArray(S, lanes, p * N));
      scores[p] = score;
      highest = score > highest ? score : highest; // a NaN shows in the exponentials
    }
    return highest;
  }

  /** Replaces scores by {@code e^(score − reference)}. */
  private static void exponentials(float[] scores, int count, float reference) {
    int i = 0;

    // body
    for (; i <= count - N; i += N) {
      VectorExp.exp(FloatVector.fromArray(S, scores, i).sub(reference)).intoArray(scores, i);
    }

    // scalar tail
    for (; i < count; i++) {
      scores[i] = (float) Math.exp(scores[i] - reference);
    }
  }

  /** A method of its own: with the exponentials it is more than the compiler takes in at once. */
  private static float total(float[] values, int count) {
    FloatVector acc = FloatVector.zero(S);
    int i = 0;

    // body
    for (; i <= count - N; i += N) {
      acc = acc.add(FloatVector.fromArray(S, values, i));
    }

    // reduce
    float sum = Lanes.sum(acc);

    // scalar tail
    for (; i < count; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** {@code weighted += Σ p · v[p]}. */
  private static void addWeighted(
      float[] p, int count, float[] v, int vFrom, int headDim, float[] weighted, int to) {
    int i = 0;

    // body: eight accumulators for two pipes of four cycles
    for (; i <= headDim - 8 * N; i += 8 * N) {
      addWeightedEight(p, count, v, vFrom + i, headDim, weighted, to + i);
    }
    // half a body
    for (; i <= headDim - 4 * N; i += 4 * N) {
      FloatVector acc0 = FloatVector.fromArray(S, weighted, to + i);
      FloatVector acc1 = FloatVector.fromArray(S, weighted, to + i + N);
      FloatVector acc2 = FloatVector.fromArray(S, weighted, to + i + 2 * N);
      FloatVector acc3 = FloatVector.fromArray(S, weighted, to + i + 3 * N);
      for (int j = 0, at = vFrom + i; j < count; j++, at += headDim) {
        FloatVector factor = FloatVector.broadcast(S, p[j]);
        acc0 = Lanes.fma(factor, FloatVector.fromArray(S, v, at), acc0);
        acc1 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + N), acc1);
        acc2 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 2 * N), acc2);
        acc3 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 3 * N), acc3);
      }
      acc0.intoArray(weighted, to + i);
      acc1.intoArray(weighted, to + i + N);
      acc2.intoArray(weighted, to + i + 2 * N);
      acc3.intoArray(weighted, to + i + 3 * N);
    }

    // vector tail
    for (; i <= headDim - N; i += N) {
      FloatVector acc = FloatVector.fromArray(S, weighted, to + i);
      for (int j = 0, at = vFrom + i; j < count; j++, at += headDim) {
        acc = Lanes.fma(FloatVector.broadcast(S, p[j]), FloatVector.fromArray(S, v, at), acc);
      }
      acc.intoArray(weighted, to + i);
    }

    // scalar tail
    for (; i < headDim; i++) {
      float acc = weighted[to + i];
      for (int j = 0; j < count; j++) {
        acc = Lanes.fma(p[j], v[vFrom + j * headDim + i], acc);
      }
      weighted[to + i] = acc;
    }
  }

  private static void addWeightedEight(
      float[] p, int count, float[] v, int vFrom, int headDim, float[] weighted, int to) {
    FloatVector acc0 = FloatVector.fromArray(S, weighted, to);
    FloatVector acc1 = FloatVector.fromArray(S, weighted, to + N);
    FloatVector acc2 = FloatVector.fromArray(S, weighted, to + 2 * N);
    FloatVector acc3 = FloatVector.fromArray(S, weighted, to + 3 * N);
    FloatVector acc4 = FloatVector.fromArray(S, weighted, to + 4 * N);
    FloatVector acc5 = FloatVector.fromArray(S, weighted, to + 5 * N);
    FloatVector acc6 = FloatVector.fromArray(S, weighted, to + 6 * N);
    FloatVector acc7 = FloatVector.fromArray(S, weighted, to + 7 * N);
    for (int j = 0, at = vFrom; j < count; j++, at += headDim) {
      FloatVector factor = FloatVector.broadcast(S, p[j]);
      acc0 = Lanes.fma(factor, FloatVector.fromArray(S, v, at), acc0);
      acc1 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + N), acc1);
      acc2 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 2 * N), acc2);
      acc3 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 3 * N), acc3);
      acc4 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 4 * N), acc4);
      acc5 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 5 * N), acc5);
      acc6 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 6 * N), acc6);
      acc7 = Lanes.fma(factor, FloatVector.fromArray(S, v, at + 7 * N), acc7);
    }
    acc0.intoArray(weighted, to);
    acc1.intoArray(weighted, to + N);
    acc2.intoArray(weighted, to + 2 * N);
    acc3.intoArray(weighted, to + 3 * N);
    acc4.intoArray(weighted, to + 4 * N);
    acc5.intoArray(weighted, to + 5 * N);
    acc6.intoArray(weighted, to + 6 * N);
    acc7.intoArray(weighted, to + 7 * N);
  }

  /** Divides by the sums; rows of a token lie side by side, tokens {@code heads} rows apart. */
  void finish(float[] out, int to, int heads) {
    for (int row = 0; row < tokens * group; row++) {
      int at = to + (row / group * heads + row % group) * headDim;
      for (int i = 0; i < headDim; i++) {
        out[at + i] = weighted[row * headDim + i] / sum[row];
      }
    }
  }

  /** Stores the undivided sums, then the maximum and the sum, of each row. */
  void save(float[] partial, int to, int heads) {
    int stride = headDim + 2;
    for (int row = 0; row < tokens * group; row++) {
      int at = to + (row / group * heads + row % group) * stride;
      System.arraycopy(weighted, row * headDim, partial, at, headDim);
      partial[at + headDim] = max[row];
      partial[at + headDim + 1] = sum[row];
    }
  }
}
