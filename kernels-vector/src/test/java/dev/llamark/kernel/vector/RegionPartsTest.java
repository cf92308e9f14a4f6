package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionPartsTest {

  /** Two vectors of pairs, one, and one pair more; two elements do not turn. */
  private static final int ROTARY = 2 * (3 * Lanes.COUNT + 1);

  private static final int HEAD_DIM = ROTARY + 2;

  /** Heads of a row. */
  private static final int HEADS = 1000 / HEAD_DIM + 1;

  private static final int ROW_SIZE = HEADS * HEAD_DIM;

  /** More elements than three threads take in the smallest parts. */
  private static final int ROWS = 331;

  private static final int SIZE = ROWS * ROW_SIZE;

  @Test
  void leaveEachThreadFourButAreNeverSmall() {
    assertThat(RegionParts.elements(1, 2)).isEqualTo(8192);
    assertThat(RegionParts.elements(512 * 576, 2)).isEqualTo(36_864);
    assertThat(RegionParts.elements(512 * 576, 4)).isEqualTo(18_432);
    assertThat(RegionParts.elements(1_000_003, 2)).isEqualTo(125_024);
    assertThat(RegionParts.elements(Integer.MAX_VALUE, 1)).isEqualTo(1 << 29);
  }

  @Test
  void areWholeRows() {
    assertThat(RegionParts.rows(1, 64, 2)).isEqualTo(128);
    assertThat(RegionParts.rows(512, 576, 2)).isEqualTo(64);
    assertThat(RegionParts.rows(8, 100_001, 2)).isEqualTo(1);
    assertThat(RegionParts.rows(9, 100_001, 2)).isEqualTo(2);
    assertThat(RegionParts.rows(1 << 20, 2047, 64)).isEqualTo(4096);
  }

  @Test
  void doNotChangeResults() {
    assumeFalse(VectorWidth.emulated(), "emulated vectors are slow");
    float[][] one = results(1);
    for (int threads = 2; threads <= 3; threads++) {
      float[][] several = results(threads);
      for (int i = 0; i < one.length; i++) {
        assertThat(several[i]).as("result %d, %d threads", i, threads).isEqualTo(one[i]);
      }
    }
  }

  private static float[][] results(int threads) {
    float[] x = values(1, SIZE);
    float[] y = values(2, SIZE);
    float[] weight = values(3, ROW_SIZE);
    int[] positions = new Random(4).ints(ROWS, 0, 512).toArray();
    RopeTable table = RopeTable.of(new RopeScaling.None(), 1e4, ROTARY, 512);
    float[] normalized = new float[SIZE];
    float[] gated = new float[SIZE];
    float[] halves = new float[SIZE];
    float[] pairs = new float[SIZE];
    float[] summed = new float[SIZE];
    try (ThreadTeam team = new ThreadTeam(threads)) {
      var norm = new VectorRmsNorm(team);
      var rope = new VectorRope(team);
      norm.apply(x, 0, weight, 0, ROWS, ROW_SIZE, 1e-5f, normalized, 0);
      new VectorSwiGlu(team).apply(x, 0, y, 0, SIZE - 3, gated, 0);
      rope.apply(x, 0, positions, 0, table, Pairing.HALVES, ROWS, HEADS, HEAD_DIM, halves, 0);
      rope.apply(x, 0, positions, 0, table, Pairing.INTERLEAVED, ROWS, HEADS, HEAD_DIM, pairs, 0);
      norm.addAndNormalize(x, 0, y, 0, weight, 0, ROWS, ROW_SIZE, 0, summed, 0);
    }
    return new float[][] {normalized, gated, halves, pairs, summed, x};
  }

  private static float[] values(int seed, int size) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
