package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.tensor.Matrix;
import java.util.SplittableRandom;

/**
 * Whole numbers with sums below 2^24: the result has no tolerance at any size. The whole of it is
 * checked by Freivalds' method: for a random r, {@code out · r = x · (Wᵀ r)}, in {@code long}
 * modulo 2^64, where a wrong element escapes with a probability below 2^−38.
 */
final class MatMulExact implements ConformanceCase {
  private final int m;
  private final int n;
  private final int k;
  private final float[] x;
  private final Matrix weights;
  private final float[] bias;
  private final long[] r;
  private final MatMulOperands operands;

  MatMulExact(CaseId id, int m, int n, int k) {
    this.m = m;
    this.n = n;
    this.k = k;
    SplittableRandom random = new SplittableRandom(id.seed());
    IntegerOperands integers = new IntegerOperands(id, k);
    x = integers.input(m, random);
    weights = new RandomMatrix(id.dtype(), n, k, random).integers(integers.largestWeight());
    bias = id.flag("bias") ? Fill.INTEGERS.values(n, random) : new float[n];
    r = random.longs(n).toArray();
    operands = MatMulOperands.of(id, x, m, weights).withBias(bias);
  }

  @Override
  public float[] run(Kernels kernels, GuardedOperands guarded) {
    return operands.run(kernels, guarded);
  }

  @Override
  public Judgement judge(float[] output) {
    Judge judge = new Judge(m, n);
    long[] projected = projectedWeights();
    for (int row = 0; row < m; row++) {
      if (!rowIsRight(row, output, projected)) {
        judgeRow(judge, row, 1, output);
        return judge.judgement();
      }
    }
    judgeRow(judge, m - 1, Math.ceilDiv(n, 64), output); // so that there is something to show
    return judge.judgement();
  }

  /** {@code Wᵀ r}, (K). */
  private long[] projectedWeights() {
    long[] sums = new long[k];
    float[] w = new float[k];
    for (int column = 0; column < n; column++) {
      weights.decodeRow(column, w, 0);
      for (int i = 0; i < k; i++) {
        sums[i] += (int) w[i] * r[column];
      }
    }
    return sums;
  }

  private boolean rowIsRight(int row, float[] output, long[] projected) {
    long left = 0;
    for (int column = 0; column < n; column++) {
      float value = output[row * n + column];
      if (value != (int) value) {
        return false;
      }
      left += (int) (value - bias[column]) * r[column];
    }
    long right = 0;
    for (int i = 0; i < k; i++) {
      right += (int) x[row * k + i] * projected[i];
    }
    return left == right;
  }

  private void judgeRow(Judge judge, int row, int stride, float[] output) {
    float[] w = new float[k];
    for (int column = 0; column < n; column += stride) {
      weights.decodeRow(column, w, 0);
      int index = row * n + column;
      judge.exact(index, MatMulOracle.dot(x, row * k, w) + bias[column], output[index]);
    }
  }
}
