package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VectorMatMulTest {

  /** Whole numbers so small that every sum is exact in float: one lost product shows. */
  private static float[] wholeNumbers(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-8, 9);
    }
    return values;
  }

  private static float[] product(float[] x, float[] w, int m, int n, int k, int threads) {
    try (ThreadTeam team = new ThreadTeam(threads)) {
      VectorMatMul matMul = new VectorMatMul(team);
      float[] padded = new float[m * k + 5];
      System.arraycopy(x, 0, padded, 5, m * k);
      float[] out = new float[m * n + 7];
      Arrays.fill(out, Float.NaN);
      matMul.apply(padded, 5, m, matMul.pack(Matrix.of("w", n, k, w)), out, 3);
      assertThat(out[2]).isNaN();
      assertThat(out[3 + m * n]).isNaN();
      return Arrays.copyOfRange(out, 3, 3 + m * n);
    }
  }

  private static float[] exact(float[] x, float[] w, int m, int n, int k) {
    float[] out = new float[m * n];
    for (int i = 0; i < m * n; i++) {
      long sum = 0;
      for (int j = 0; j < k; j++) {
        sum += (long) x[i / n * k + j] * (long) w[i % n * k + j];
      }
      out[i] = sum;
    }
    return out;
  }

  @Test
  void everyNumberOfRowsIsExactOnWholeNumbers() {
    int lanes = Lanes.COUNT;
    for (int m = 1; m <= 21; m++) {
      for (int n : new int[] {1, lanes - 1, 2 * lanes + 1, 8 * lanes + 3}) {
        int k = 37;
        float[] x = wholeNumbers(m * k, 1);
        float[] w = wholeNumbers(n * k, 2);
        assertThat(product(x, w, m, n, k, 2))
            .as("%d x %d x %d", m, n, k)
            .isEqualTo(exact(x, w, m, n, k));
      }
    }
  }

  @Test
  void everyDepthAroundBlocksIsExactOnWholeNumbers() {
    int depth = InputBlocks.DEPTH;
    for (int k : new int[] {1, 2, 3, 5, depth - 1, depth, depth + 1, 2 * depth + 3}) {
      for (int m : new int[] {1, 7}) {
        int n = 2 * Panels.WIDTH + 1;
        float[] x = wholeNumbers(m * k, 3);
        float[] w = wholeNumbers(n * k, 4);
        assertThat(product(x, w, m, n, k, 1))
            .as("%d x %d x %d", m, n, k)
            .isEqualTo(exact(x, w, m, n, k));
      }
    }
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    int n = 9 * Panels.WIDTH;
    int k = 300;
    for (int m : new int[] {1, 5, 16}) {
      float[] x = new float[m * k];
      float[] w = new float[n * k];
      SplittableRandom random = new SplittableRandom(5);
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) random.nextGaussian();
      }
      float[] alone = product(x, w, m, n, k, 1);
      assertThat(product(x, w, m, n, k, 3)).isEqualTo(alone);
    }
  }
}
