package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class VectorExpTest {

  /** As a panel's scores have it, of a row whose highest score is 0. */
  private static float column(float x) {
    float[] scores = new float[TileShape.WIDTH];
    Arrays.fill(scores, x);
    float[] rows = new float[TileShape.WIDTH];
    MemorySegment out = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, TileShape.WIDTH);
    VectorExp.columns(scores, 1, rows, 0, out, rows.clone());
    return out.getAtIndex(ValueLayout.JAVA_FLOAT, TileShape.WIDTH - 1);
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
    int lowest = Float.floatToRawIntBits(VectorExp.LOWEST_NORMAL);
    for (int bits = Float.floatToRawIntBits(-0f); bits < lowest; bits += step) {
      float x = Float.intBitsToFloat(bits);
      assertThat(ulpsOff(x, column(x))).as("column %s", x).isLessThanOrEqualTo(VectorExp.ULPS);
      assertThat(ulpsOff(x, weight(x))).as("%s", x).isLessThanOrEqualTo(VectorExp.ULPS);
    }
  }

  @Test
  void zeroGivesExactlyOne() {
    assertThat(column(0f)).isEqualTo(1f);
    assertThat(weight(-0f)).isEqualTo(1f);
  }

  @Test
  void whatMayBeSubnormalIsZero() {
    float below = Math.nextDown(VectorExp.LOWEST_NORMAL);
    for (float x : new float[] {below, -90, -1e30f, Float.NEGATIVE_INFINITY}) {
      assertThat(weight(x)).as("%s", x).isZero();
      assertThat(column(x)).as("column %s", x).isZero();
    }
  }

  @Test
  void aRowThatSawNothingButMinusInfinityHasNoWeights() {
    float[] none = new float[TileShape.WIDTH];
    Arrays.fill(none, Float.NEGATIVE_INFINITY);
    MemorySegment out = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, TileShape.WIDTH);
    float[] sums = new float[TileShape.WIDTH];
    VectorExp.columns(none, 1, none, 0, out, sums);
    assertThat(sums).containsOnly(0);
    assertThat(out.toArray(ValueLayout.JAVA_FLOAT)).containsOnly(0);
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
      assertThat(column(nan)).isNaN();
      assertThat(weight(nan)).isNaN();
    }
  }
}
