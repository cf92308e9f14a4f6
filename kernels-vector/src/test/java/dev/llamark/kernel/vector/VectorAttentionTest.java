package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VectorAttentionTest {

  /** Element of a cache whose values fit a half float exactly. */
  private static float element(KeyValues cache, boolean key, int index) {
    if (cache.dtype() == DType.F32) {
      return key ? cache.keys()[index] : cache.values()[index];
    }
    return Float.float16ToFloat(key ? cache.halfKeys()[index] : cache.halfValues()[index]);
  }

  private static KeyValues cache(DType dtype, int kvHeads, int capacity, int headDim, int filled) {
    KeyValues cache = new KeyValues(dtype, kvHeads, capacity, headDim);
    SplittableRandom random = new SplittableRandom(1);
    float[] k = gaussian(capacity * kvHeads * headDim, random);
    float[] v = gaussian(capacity * kvHeads * headDim, random);
    for (int i = filled * kvHeads * headDim; i < k.length; i++) {
      k[i] = Float.NaN; // later positions: nobody may look at them
      v[i] = Float.NaN;
    }
    cache.store(k, 0, v, 0, 0, capacity);
    return cache;
  }

  private static float[] gaussian(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] attend(
      float[] q, KeyValues cache, int first, int tokens, int heads, int threads) {
    float[] out = new float[q.length];
    try (ThreadTeam team = new ThreadTeam(threads)) {
      new VectorAttention(team).apply(q, 0, cache, first, tokens, heads, 0.3f, out, 0);
    }
    return out;
  }

  private static double[] expected(float[] q, KeyValues cache, int first, int tokens, int heads) {
    int d = cache.headDim();
    double[] out = new double[q.length];
    for (int row = 0; row < tokens * heads; row++) {
      int kvHead = row % heads / (heads / cache.kvHeads());
      double[] p = new double[first + row / heads + 1];
      double sum = 0;
      for (int j = 0; j < p.length; j++) {
        double score = 0;
        for (int i = 0; i < d; i++) {
          score += (double) q[row * d + i] * element(cache, true, cache.index(kvHead, j) + i);
        }
        p[j] = Math.exp(0.3f * score);
        sum += p[j];
      }
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < p.length; j++) {
          out[row * d + i] += p[j] / sum * element(cache, false, cache.index(kvHead, j) + i);
        }
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 1, 1",
    "0, 1, 4, 2, 8",
    "3, 5, 6, 3, 22",
    "30, 3, 2, 2, 17",
    "0, 40, 3, 1, 33",
    "63, 1, 9, 3, 64",
    "70, 37, 4, 1, 48",
    "2100, 1, 2, 1, 16",
    "2047, 2, 2, 2, 5"
  })
  void agreesWithTheFormulaInDouble(int first, int tokens, int heads, int kvHeads, int headDim) {
    for (DType dtype : new DType[] {DType.F32, DType.F16}) {
      KeyValues cache = cache(dtype, kvHeads, first + tokens + 3, headDim, first + tokens);
      float[] q = gaussian(tokens * heads * headDim, new SplittableRandom(2));
      float[] out = attend(q, cache, first, tokens, heads, 1);
      double[] expected = expected(q, cache, first, tokens, heads);
      for (int i = 0; i < out.length; i++) {
        assertThat((double) out[i]).as("%s [%d]", dtype, i).isCloseTo(expected[i], within(2e-5));
      }
      assertThat(attend(q, cache, first, tokens, heads, 3)).isEqualTo(out);
    }
  }

  @Test
  void oneVisiblePositionGivesItsValueBitForBit() {
    KeyValues cache = cache(DType.F32, 2, 1, 19, 1);
    float[] q = gaussian(4 * 19, new SplittableRandom(3));
    float[] out = attend(q, cache, 0, 1, 4, 1);
    for (int i = 0; i < out.length; i++) {
      assertThat(out[i]).isEqualTo(cache.values()[cache.index(i / 19 / 2, 0) + i % 19]);
    }
  }
}
