package dev.llamark.oracle;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.Kernels;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.SplittableRandom;

/** Against the oracle, with its bound; of large results 256 elements. */
final class MatMulBounded implements ConformanceCase {
  private static final long ALL = 1 << 22;
  private static final int SAMPLES = 256;

  private final CaseId id;
  private final DType dtype;
  private final int m;
  private final int n;
  private final int k;
  private final float[] x;
  private final float[] rounded;
  private final Matrix weights;
  private final SplittableRandom random;

  MatMulBounded(CaseId id, int m, int n, int k, Arithmetic arithmetic) {
    this.id = id;
    dtype = id.dtype();
    this.m = m;
    this.n = n;
    this.k = k;
    random = new SplittableRandom(id.seed());
    x = id.enumOption("fill", Fill.class, Fill.NORMAL).values(m * k, random);
    rounded =
        switch (arithmetic) {
          case FLOAT -> x;
          case INT8_ACTIVATIONS -> MatMulOracle.quantised(x, k);
        };
    RandomMatrix matrix = new RandomMatrix(dtype, n, k, random);
    weights =
        id.flag("weights")
            ? matrix.filled(id.enumOption("weights", Fill.class, Fill.NORMAL))
            : matrix.ordinary();
  }

  @Override
  public float[] run(Kernels kernels, GuardedOperands operands) {
    return MatMulOperands.of(id, x, m, weights).run(kernels, operands);
  }

  @Override
  public Judgement judge(float[] output) {
    Judge judge = new Judge(m, n);
    if ((long) m * n * k <= ALL) {
      for (int column = 0; column < n; column++) {
        judgeColumn(judge, column, 0, m, output);
      }
      return judge.judgement();
    }
    for (int column : new int[] {0, n - 1}) {
      judgeColumn(judge, column, 0, 1, output);
      judgeColumn(judge, column, m - 1, m, output);
    }
    SplittableRandom samples = random.split();
    for (int i = 4; i < SAMPLES; i++) {
      int row = samples.nextInt(m);
      judgeColumn(judge, samples.nextInt(n), row, row + 1, output);
    }
    return judge.judgement();
  }

  /** Output {@code column} of the rows {@code first … end - 1}. */
  private void judgeColumn(Judge judge, int column, int first, int end, float[] output) {
    float[] w = new float[k];
    weights.decodeRow(column, w, 0);
    double[] magnitudes = MatMulOracle.magnitudes(weights, column, w);
    for (int row = first; row < end; row++) {
      double magnitude = MatMulOracle.dotOfMagnitudes(rounded, row * k, magnitudes);
      if (!MatMulOracle.inDomain(magnitude) || overflows(row)) {
        continue;
      }
      judge.element(
          row * n + column,
          MatMulOracle.dot(rounded, row * k, w),
          MatMulOracle.dot(x, row * k, w),
          output[row * n + column],
          MatMulOracle.allowed(magnitude, k, dtype),
          MatMulOracle.typical(magnitude, k, dtype));
    }
  }

  /** Whether the scales of int8 activations are beyond binary16; then the result is free. */
  private boolean overflows(int row) {
    if (rounded == x) {
      return false;
    }
    boolean before = true;
    boolean after = true;
    for (int i = row * k; i < (row + 1) * k; i++) {
      before &= Float.isFinite(x[i]);
      after &= Float.isFinite(rounded[i]);
    }
    return before && !after;
  }
}
