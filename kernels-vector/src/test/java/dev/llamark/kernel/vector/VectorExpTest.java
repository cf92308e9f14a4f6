package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorExpTest {

  private static float exp(float x) {
    return VectorExp.exp(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0);
  }

  private static float expOrZero(float x) {
    return VectorExp.expOrZero(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0);
  }

  private static double ulpsOff(float x, float actual) {
    double expected = Math.exp(x);
    double ulp = Math.max(Math.ulp((float) expected), Float.MIN_VALUE);
    return Math.abs(actual - expected) / ulp;
  }

  @Test
  void errorStaysWithinTheStatedUlpsOverAllMagnitudes() {
    int step = VectorWidth.emulated() ? 999_983 : 9_973;
    int lowest = Float.floatToRawIntBits(-110f);
    for (int bits = Float.floatToRawIntBits(-0f); bits < lowest; bits += step) {
      float x = Float.intBitsToFloat(bits);
      assertThat(ulpsOff(x, exp(x))).as("exp(%s)", x).isLessThanOrEqualTo(VectorExp.ULPS);
      if (x >= VectorExp.LOWEST_NORMAL) {
        assertThat(ulpsOff(x, expOrZero(x))).as("%s", x).isLessThanOrEqualTo(VectorExp.ULPS);
      }
    }
  }

  @Test
  void zeroGivesExactlyOne() {
    assertThat(exp(0f)).isEqualTo(1f);
    assertThat(exp(-0f)).isEqualTo(1f);
    assertThat(expOrZero(0f)).isEqualTo(1f);
  }

  @Test
  void whatIsTooSmallGivesZero() {
    for (float x :
        new float[] {-104, -105, -200, -1e30f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}) {
      assertThat(exp(x)).as("exp(%s)", x).isZero();
    }
  }

  @Test
  void whatMayBeSubnormalIsZeroWhereAsked() {
    float below = Math.nextDown(VectorExp.LOWEST_NORMAL);
    for (float x : new float[] {below, -90, -1e30f, Float.NEGATIVE_INFINITY}) {
      assertThat(expOrZero(x)).as("%s", x).isZero();
    }
  }

  @Test
  void nanStaysNan() {
    float withPayload = Float.intBitsToFloat(0xFFC0_0155);
    for (float nan : new float[] {Float.NaN, withPayload}) {
      assertThat(exp(nan)).isNaN();
      assertThat(expOrZero(nan)).isNaN();
    }
  }
}
