package dev.llamark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.llamark.oracle.OracleProvider;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AttentionTest {

  private final Attention attention = new OracleProvider().create(ThreadTeam.single()).attention();

  private static KeyValues cache(DType dtype) {
    KeyValues cache = new KeyValues(dtype, 1, 4, 2);
    cache.store(new float[] {1, 0, 0, 1}, 0, new float[] {10, 20, 30, 40}, 0, 0, 2);
    return cache;
  }

  @Test
  void weighsTheValuesBySoftmaxOfTheScores() {
    float[] out = new float[2];
    attention.apply(new float[] {2, 1}, 0, cache(DType.F32), 1, 1, 1, 0.5f, out, 0);
    double first = Math.exp(1) / (Math.exp(1) + Math.exp(0.5));
    assertThat((double) out[0]).isCloseTo(10 * first + 30 * (1 - first), Offset.offset(1e-5));
  }

  @Test
  void aTokenDoesNotSeeThoseAfterIt() {
    float[] out = new float[4];
    attention.apply(new float[] {0, 0, 0, 0}, 0, cache(DType.F16), 0, 2, 1, 1, out, 0);
    assertThat(out).containsExactly(10, 20, 20, 30);
  }

  @Test
  void refusesHeadsThatAreNoMultipleOfTheKvHeads() {
    KeyValues two = new KeyValues(DType.F32, 2, 4, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention.apply(new float[6], 0, two, 0, 1, 3, 1, new float[6], 0))
        .withMessage("Attention: heads must be a multiple of the cache's 2 KV heads, but are 3");
  }

  @Test
  void refusesPositionsBeyondTheCache() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> attention.apply(new float[4], 0, cache(DType.F32), 3, 2, 1, 1, new float[4], 0))
        .withMessage("Attention: positions 3 to 4 must lie within the cache's capacity of 4");
  }

  @Test
  void theCacheKeepsHeadsApartAndRefusesWhatDoesNotFit() {
    KeyValues cache = new KeyValues(DType.F32, 2, 3, 1);
    cache.store(new float[] {1, 2, 3, 4}, 0, new float[] {5, 6, 7, 8}, 0, 1, 2);
    assertThat(cache.keys()).containsExactly(0, 1, 3, 0, 2, 4);
    assertThat(cache.values()).containsExactly(0, 5, 7, 0, 6, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cache.store(new float[4], 0, new float[4], 0, 2, 2))
        .withMessage("KV cache: positions 2 to 3 must lie within its capacity of 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KeyValues(DType.Q4_0, 1, 1, 1))
        .withMessage("KV cache: type must be f32 or f16, but is q4_0");
  }
}
