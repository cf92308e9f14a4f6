package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.oracle.SwiGluOracle;
import dev.llamark.run.ThreadTeam;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the bound, which is relative to {@code |gate · up|}, leaves open far below zero. */
class VectorSwiGluTest {

  /** Whole vectors only. */
  private static final int COUNT = 64;

  private static final double RELATIVE = 16 * 0x1p-24;

  private final ThreadTeam team = ThreadTeam.single();

  @AfterEach
  void close() {
    team.close();
  }

  private float[] gated(float[] gate, float up) {
    float[] ups = new float[gate.length];
    Arrays.fill(ups, up);
    float[] out = new float[gate.length];
    new VectorSwiGlu(team).apply(gate, 0, ups, 0, gate.length, out, 0);
    return out;
  }

  @Test
  void closingGatesKeepTheirRelativePrecision() {
    int steps = VectorWidth.emulated() ? 20 : 2_000;
    float[] gate = new float[COUNT];
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < COUNT; i++) {
        gate[i] = 20 - 106.9f * (step * COUNT + i) / (steps * COUNT);
      }
      float[] out = gated(gate, 3);
      for (int i = 0; i < COUNT; i++) {
        double expected = SwiGluOracle.value(gate[i], 3);
        assertThat(Math.abs(out[i] - expected))
            .as("gate %s", gate[i])
            .isLessThanOrEqualTo(RELATIVE * Math.abs(expected));
      }
    }
  }

  @Test
  void gatesThatAreShutGiveZero() {
    float[] gate = new float[COUNT];
    for (float shut : new float[] {-105, -1000, -Float.MAX_VALUE}) {
      Arrays.fill(gate, shut);
      assertThat(gated(gate, 1)).as("gate %s", shut).containsOnly(-0f);
    }
  }

  @Test
  void nanOfAnyPayloadStaysNan() {
    float[] gate = new float[COUNT];
    for (int bits : new int[] {0x7FC0_0000, 0xFFC0_0155, 0x7FC0_0001}) {
      Arrays.fill(gate, Float.intBitsToFloat(bits));
      assertThat(gated(gate, 1)).containsOnly(Float.NaN);
    }
  }
}
