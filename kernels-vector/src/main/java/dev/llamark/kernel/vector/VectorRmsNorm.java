package dev.llamark.kernel.vector;

import dev.llamark.kernel.RmsNorm;
import dev.llamark.run.ThreadTeam;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * RMSNorm in two passes over a row: the sum of squares, then the products. A row whose squares
 * leave the range in which floats are precise is done again in double.
 */
final class VectorRmsNorm implements RmsNorm {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Four accumulators: two pipes, each of which takes four cycles for an addition. */
  private static final int UNROLLED = 4 * N;

  /** Above it no square that counts has been lost to underflow. */
  private static final float SMALLEST_SUM = 0x1p-64f;

  private final ThreadTeam team;
  private final ThreadTeam.Region region = this::part;
  private float[] x;
  private int xOffset;
  private float[] delta;
  private int deltaOffset;
  private float[] weight;
  private int weightOffset;
  private int rows;
  private int rowsPerPart;
  private int size;
  private float epsilon;
  private float[] out;
  private int outOffset;

  VectorRmsNorm(ThreadTeam team) {
    this.team = team;
  }

  @Override
  public void compute(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    computeSum(x, xOffset, null, 0, weight, weightOffset, rows, size, epsilon, out, outOffset);
  }

  @Override
  public void computeSum(
      float[] residual,
      int residualOffset,
      float[] delta,
      int deltaOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    this.x = residual;
    this.xOffset = residualOffset;
    this.delta = delta;
    this.deltaOffset = deltaOffset;
    this.weight = weight;
    this.weightOffset = weightOffset;
    this.rows = rows;
    this.size = size;
    this.epsilon = epsilon;
    this.out = out;
    this.outOffset = outOffset;
    rowsPerPart = RegionParts.rows(rows, size, team.size());
    team.run(Math.ceilDiv(rows, rowsPerPart), region);
  }

  private void part(int part) {
    int first = part * rowsPerPart;
    int end = first + Math.min(rowsPerPart, rows - first);
    for (int row = first; row < end; row++) {
      row(xOffset + row * size, deltaOffset + row * size, outOffset + row * size);
    }
  }

  private void row(int from, int deltaFrom, int to) {
    float sum =
        delta == null
            ? sumOfSquares(x, from, size)
            : addAndSumSquares(x, from, delta, deltaFrom, size);
    if (sum > SMALLEST_SUM && sum <= Float.MAX_VALUE) {
      float scale = (float) (1 / Math.sqrt((double) sum / size + epsilon));
      scale(x, from, scale, weight, weightOffset, size, out, to);
    } else {
      normalizeInDouble(x, from, epsilon, weight, weightOffset, size, out, to);
    }
  }

  private static float sumOfSquares(float[] x, int from, int size) {
    FloatVector acc0 = FloatVector.zero(S);
    FloatVector acc1 = FloatVector.zero(S);
    FloatVector acc2 = FloatVector.zero(S);
    FloatVector acc3 = FloatVector.zero(S);
    int i = 0;

    // body
    for (; i <= size - UNROLLED; i += UNROLLED) {
      FloatVector v0 = FloatVector.fromArray(S, x, from + i);
      FloatVector v1 = FloatVector.fromArray(S, x, from + i + N);
      FloatVector v2 = FloatVector.fromArray(S, x, from + i + 2 * N);
      FloatVector v3 = FloatVector.fromArray(S, x, from + i + 3 * N);
      acc0 = v0.fma(v0, acc0);
      acc1 = v1.fma(v1, acc1);
      acc2 = v2.fma(v2, acc2);
      acc3 = v3.fma(v3, acc3);
    }

    // vector tail
    for (; i <= size - N; i += N) {
      FloatVector v = FloatVector.fromArray(S, x, from + i);
      acc0 = v.fma(v, acc0);
    }

    // reduce
    float sum = Lanes.sum(acc0.add(acc1).add(acc2.add(acc3)));

    // scalar tail
    for (; i < size; i++) {
      sum = Math.fma(x[from + i], x[from + i], sum);
    }
    return sum;
  }

  /** Adds {@code delta} to the row and returns the sum of the squares of the sums. */
  private static float addAndSumSquares(
      float[] x, int from, float[] delta, int deltaFrom, int size) {
    FloatVector acc0 = FloatVector.zero(S);
    FloatVector acc1 = FloatVector.zero(S);
    int i = 0;

    // body
    for (; i <= size - 2 * N; i += 2 * N) {
      FloatVector v0 =
          FloatVector.fromArray(S, x, from + i).add(FloatVector.fromArray(S, delta, deltaFrom + i));
      FloatVector v1 =
          FloatVector.fromArray(S, x, from + i + N)
              .add(FloatVector.fromArray(S, delta, deltaFrom + i + N));
      v0.intoArray(x, from + i);
      v1.intoArray(x, from + i + N);
      acc0 = v0.fma(v0, acc0);
      acc1 = v1.fma(v1, acc1);
    }

    // reduce
    float sum = Lanes.sum(acc0.add(acc1));

    // scalar tail
    for (; i < size; i++) {
      float v = x[from + i] + delta[deltaFrom + i];
      x[from + i] = v;
      sum = Math.fma(v, v, sum);
    }
    return sum;
  }

  private static void scale(
      float[] x,
      int from,
      float scale,
      float[] weight,
      int weightFrom,
      int size,
      float[] out,
      int to) {
    int i = 0;

    // body
    for (int bound = S.loopBound(size); i < bound; i += N) {
      FloatVector w = FloatVector.fromArray(S, weight, weightFrom + i);
      FloatVector.fromArray(S, x, from + i).mul(scale).mul(w).intoArray(out, to + i);
    }

    // scalar tail
    for (; i < size; i++) {
      out[to + i] = x[from + i] * scale * weight[weightFrom + i];
    }
  }

  /** For squares that overflow or vanish, for zeros, infinities and NaN. */
  private static void normalizeInDouble(
      float[] x,
      int from,
      float epsilon,
      float[] weight,
      int weightFrom,
      int size,
      float[] out,
      int to) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += (double) x[from + i] * x[from + i];
    }
    double scale = 1 / Math.sqrt(sum / size + epsilon);
    for (int i = 0; i < size; i++) {
      out[to + i] = (float) (x[from + i] * scale) * weight[weightFrom + i];
    }
  }
}
