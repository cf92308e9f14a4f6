package dev.llamark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.llamark.oracle.OracleProvider;
import dev.llamark.run.ThreadTeam;
import org.junit.jupiter.api.Test;

class SwiGluTest {

  private final SwiGlu swiGlu = new OracleProvider().create(ThreadTeam.single()).swiGlu();
  private final float[] out = new float[3];

  @Test
  void multipliesUpByTheGateTimesItsSigmoid() {
    float[] gate = {0, 1, 50};
    swiGlu.apply(gate, 0, new float[] {7, 2, 3}, 0, 3, out, 0);
    assertThat(out[0]).isZero();
    assertThat(out[1]).isEqualTo((float) (2 / (1 + Math.exp(-1))));
    assertThat(out[2]).isEqualTo(150);
  }

  @Test
  void refusesAShortUpProjection() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> swiGlu.apply(out, 0, new float[3], 1, 3, out, 0))
        .withMessage("SwiGlu: up needs at least 3 elements from offset 1, but has 2");
  }

  @Test
  void refusesAnOutputShiftedOverAnInput() {
    float[] both = new float[4];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> swiGlu.apply(both, 0, out, 0, 3, both, 1))
        .withMessage("SwiGlu: gate (from offset 0) and out (from offset 1) must not overlap");
  }
}
