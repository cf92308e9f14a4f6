package dev.llamark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.llamark.oracle.OracleProvider;
import dev.llamark.run.ThreadTeam;
import org.junit.jupiter.api.Test;

class RmsNormTest {

  private final RmsNorm rmsNorm = new OracleProvider().create(ThreadTeam.single()).rmsNorm();
  private final float[] x = {3, -4, 1, 2};
  private final float[] weight = {1, 2};
  private final float[] out = new float[4];

  @Test
  void dividesByTheRootMeanSquareAndMultipliesByTheWeight() {
    rmsNorm.apply(x, 0, weight, 0, 1, 2, 0, out, 0);
    double rms = Math.sqrt((9 + 16) / 2.0);
    assertThat(out[0]).isEqualTo((float) (3 / rms));
    assertThat(out[1]).isEqualTo((float) (-8 / rms));
    assertThat(out[2]).isZero();
  }

  @Test
  void refusesAShortWeightWithItsNameAndSizes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rmsNorm.apply(x, 0, weight, 0, 1, 4, 0, out, 0))
        .withMessage("RmsNorm: weight needs at least 4 elements from offset 0, but has 2");
  }

  @Test
  void refusesASizeOfZeroAndANegativeEpsilon() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rmsNorm.apply(x, 0, weight, 0, 1, 0, 0, out, 0))
        .withMessage("RmsNorm: size must be at least 1, but is 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rmsNorm.apply(x, 0, weight, 0, 1, 2, -1, out, 0))
        .withMessage("RmsNorm: epsilon must be at least 0, but is -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rmsNorm.apply(x, 0, weight, 0, 1, 2, Float.NaN, out, 0))
        .withMessage("RmsNorm: epsilon must be at least 0, but is NaN");
  }

  @Test
  void worksInPlaceButRefusesAShiftedOverlap() {
    float[] both = {3, -4, 1, 2};
    rmsNorm.apply(x, 0, weight, 0, 2, 2, 0, out, 0);
    rmsNorm.apply(both, 0, weight, 0, 2, 2, 0, both, 0);
    assertThat(both).containsExactly(out);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rmsNorm.apply(x, 0, weight, 0, 1, 2, 0, x, 1))
        .withMessage("RmsNorm: x (from offset 0) and out (from offset 1) must not overlap");
  }

  @Test
  void theFusedFormAddsThenNormalises() {
    float[] residual = {1, 1};
    rmsNorm.addAndNormalize(residual, 0, new float[] {2, -5}, 0, weight, 0, 1, 2, 0, out, 0);
    assertThat(residual).containsExactly(3, -4);
    assertThat(out[0]).isEqualTo((float) (3 / Math.sqrt(12.5)));
  }

  @Test
  void theFusedFormRefusesAnOutputOverTheResidual() {
    float[] residual = {1, 1};
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                rmsNorm.addAndNormalize(
                    residual, 0, new float[2], 0, weight, 0, 1, 2, 0, residual, 0))
        .withMessageContaining("residual (from offset 0) and out (from offset 0)");
  }
}
