package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The linear layer is linear in each operand. */
final class MatMulLaws {

  private MatMulLaws() {}

  /** {@code (a + b) · Wᵀ = a · Wᵀ + b · Wᵀ}, without rounding. */
  static final class LinearInput implements ConformanceCase {
    private final CaseId id;
    private final int m;
    private final int n;
    private final float[][] inputs;
    private final Matrix weights;

    LinearInput(CaseId id, int m, int n, int k) {
      this.id = id;
      this.m = m;
      this.n = n;
      SplittableRandom random = new SplittableRandom(id.seed());
      IntegerOperands integers = new IntegerOperands(id, k);
      inputs = integers.summands(m, random);
      weights = new RandomMatrix(id.dtype(), n, k, random).integers(integers.largestWeight());
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      return concatenated(
          MatMulOperands.of(id, inputs[0], m, weights).run(kernels, operands),
          MatMulOperands.of(id, inputs[1], m, weights).run(kernels, operands),
          MatMulOperands.of(id, inputs[2], m, weights).run(kernels, operands));
    }

    @Override
    public Judgement judge(float[] output) {
      return judgeSum(output, m, n);
    }
  }

  /** {@code x · (A + B)ᵀ = x · Aᵀ + x · Bᵀ}, without rounding. */
  static final class LinearWeights implements ConformanceCase {
    private final CaseId id;
    private final int m;
    private final int n;
    private final float[] x;
    private final Matrix[] weights;

    LinearWeights(CaseId id, int m, int n, int k) {
      this.id = id;
      this.m = m;
      this.n = n;
      SplittableRandom random = new SplittableRandom(id.seed());
      x = new IntegerOperands(id, k).input(m, random);
      RandomMatrix matrix = new RandomMatrix(id.dtype(), n, k, random);
      float[] sum = Fill.INTEGERS.values(n * k, random);
      float[] a = new float[n * k];
      float[] b = new float[n * k];
      for (int i = 0; i < sum.length; i++) {
        a[i] = random.nextInt(-4, 5);
        b[i] = sum[i] - a[i];
      }
      weights = new Matrix[] {matrix.of(a), matrix.of(b), matrix.of(sum)};
    }

    @Override
    public float[] run(Kernels kernels, GuardedOperands operands) {
      return concatenated(
          MatMulOperands.of(id, x, m, weights[0]).run(kernels, operands),
          MatMulOperands.of(id, x, m, weights[1]).run(kernels, operands),
          MatMulOperands.of(id, x, m, weights[2]).run(kernels, operands));
    }

    @Override
    public Judgement judge(float[] output) {
      return judgeSum(output, m, n);
    }
  }

  private static float[] concatenated(float[] a, float[] b, float[] c) {
    float[] all = Arrays.copyOf(a, a.length + b.length + c.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    System.arraycopy(c, 0, all, a.length + b.length, c.length);
    return all;
  }

  /** The third result is the sum of the first two. */
  private static Judgement judgeSum(float[] output, int m, int n) {
    Judge judge = new Judge(3, m, n);
    int count = m * n;
    for (int i = 0; i < count; i++) {
      judge.exact(2 * count + i, (double) output[i] + output[count + i], output[2 * count + i]);
    }
    return judge.judgement();
  }
}
