package dev.llamark.verify.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Chains whose end can be worked out on paper. */
class OrtChainTest {

  private static final Offset<Float> NEAR = within(1e-5f);

  @Test
  void normalisingAgainChangesNothingButWeightsMultiply() {
    float[] x = {3, -3, 3, 3};
    try (OrtChain chain = OrtChain.rmsNorm(x, new float[] {1, 1, 1, -1}, 1, 0, 1)) {
      chain.run();
      assertThat(chain.output()).containsExactly(new float[] {1, -1, 1, 1}, NEAR);
    }
  }

  @Test
  void sixtyFourRotationsTurnByTheAngleSixtyFourTimes() {
    RopeTable table = RopeTable.of(new RopeScaling.None(), 10_000, 2, 4);
    float[] x = {1, 0};
    try (OrtChain chain = OrtChain.rope(x, new int[] {3}, table, Pairing.HALVES, 1, 2, 1)) {
      chain.run();
      float cos = (float) Math.cos(3 * OrtChain.NODES);
      float sin = (float) Math.sin(3 * OrtChain.NODES);
      assertThat(chain.output()).containsExactly(new float[] {cos, sin}, NEAR);
    }
  }

  @Test
  void swiGluOfItsFixedPointStaysThere() {
    float[] gate = {-1, -0.5f};
    float[] up = {(float) (1 + Math.exp(1)), (float) (1 + Math.exp(0.5))};
    try (OrtChain chain = OrtChain.swiGlu(gate, up, 1)) {
      chain.run();
      assertThat(chain.output()).containsExactly(gate, NEAR);
    }
  }
}
