package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class VectorExpTest {

  private static float exp(float x) {
    return VectorExp.exp(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0);
  }

  private static float weight(float x) {
    return weight(x, 0);
  }

  private static float weight(float x, float highest) {
    float[] values = new float[Lanes.COUNT];
    Arrays.fill(values, x);
    VectorExp.weights(values, 0, Lanes.COUNT, highest, new float[Lanes.COUNT], 0);
    return values[Lanes.COUNT - 1];
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
        assertThat(ulpsOff(x, weight(x))).as("%s", x).isLessThanOrEqualTo(VectorExp.ULPS);
      }
    }
  }

  @Test
  void zeroGivesExactlyOne() {
    assertThat(exp(0f)).isEqualTo(1f);
    assertThat(exp(-0f)).isEqualTo(1f);
    assertThat(weight(0f)).isEqualTo(1f);
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
      assertThat(weight(x)).as("%s", x).isZero();
    }
  }

  @Test
  void weightsAreRelativeToTheHighestAndAddedUpLaneByLane() {
    int count = 3 * Lanes.COUNT;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = 100 - i;
    }
    float[] sums = new float[Lanes.COUNT];
    sums[1] = 5;
    VectorExp.weights(x, 0, count, 100, sums, 0);
    for (int i = 0; i < count; i++) {
      assertThat(ulpsOff(-i, x[i])).as("weight %d", i).isLessThanOrEqualTo(VectorExp.ULPS);
    }
    for (int lane = 0; lane < Lanes.COUNT; lane++) {
      double sum = lane == 1 ? 5 : 0;
      for (int i = lane; i < count; i += Lanes.COUNT) {
        sum += Math.exp(-i);
      }
      assertThat((double) sums[lane]).as("lane %d", lane).isCloseTo(sum, withinPercentage(1e-4));
    }
  }

  @Test
  void nanStaysNan() {
    float withPayload = Float.intBitsToFloat(0xFFC0_0155);
    for (float nan : new float[] {Float.NaN, withPayload}) {
      assertThat(exp(nan)).isNaN();
      assertThat(weight(nan)).isNaN();
    }
  }
}
