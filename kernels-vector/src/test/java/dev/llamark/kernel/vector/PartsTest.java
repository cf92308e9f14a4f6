package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartsTest {

  /**
   * More elements than three threads take in parts of the smallest size, and not a round number.
   */
  private static final int ROWS = VectorWidth.emulated() ? 9 : 331;

  private static final int ROW_SIZE = VectorWidth.emulated() ? 1024 : 1088;
  private static final int HEAD_DIM = 64;
  private static final int SIZE = ROWS * ROW_SIZE;

  @Test
  void arePiecesOfWholeCacheLinesThatAllThreadsShare() {
    assertThat(Parts.size(1, 2)).isEqualTo(8192);
    assertThat(Parts.size(512 * 576, 2)).isEqualTo(36_864);
    assertThat(Parts.size(512 * 576, 4)).isEqualTo(18_432);
    assertThat(Parts.size(1_000_003, 2)).isEqualTo(125_024);
    assertThat(Parts.size(Integer.MAX_VALUE, 1)).isEqualTo(1 << 29);
  }

  @Test
  void areWholeRows() {
    assertThat(Parts.rows(1, 64, 2)).isEqualTo(128);
    assertThat(Parts.rows(512, 576, 2)).isEqualTo(64);
    assertThat(Parts.rows(4, 100_000, 2)).isEqualTo(1);
    assertThat(Parts.rows(1 << 20, 2047, 64)).isEqualTo(4096);
  }

  @Test
  void doNotChangeResults() {
    float[][] one = results(1);
    for (int threads = 2; threads <= 3; threads++) {
      float[][] several = results(threads);
      for (int i = 0; i < one.length; i++) {
        assertThat(several[i]).as("result %d, %d threads", i, threads).isEqualTo(one[i]);
      }
    }
  }

  private static float[][] results(int threads) {
    float[] x = values(1);
    float[] y = values(2);
    int[] positions = new Random(3).ints(ROWS, 0, 512).toArray();
    RopeTable table = RopeTable.of(new RopeScaling.None(), 1e4, HEAD_DIM, 512);
    float[][] outs = new float[5][SIZE];
    try (ThreadTeam team = new ThreadTeam(threads)) {
      new VectorRmsNorm(team).apply(x, 0, y, 0, ROWS, ROW_SIZE, 1e-5f, outs[0], 0);
      new VectorSwiGlu(team).apply(x, 0, y, 0, SIZE, outs[1], 0);
      for (Pairing pairing : Pairing.values()) {
        float[] out = outs[2 + pairing.ordinal()];
        int heads = ROW_SIZE / HEAD_DIM;
        new VectorRope(team)
            .apply(x, 0, positions, 0, table, pairing, ROWS, heads, HEAD_DIM, out, 0);
      }
      new VectorRmsNorm(team).addAndNormalize(x, 0, y, 0, y, 0, ROWS, ROW_SIZE, 0, outs[4], 0);
    }
    return outs;
  }

  private static float[] values(int seed) {
    Random random = new Random(seed);
    float[] values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
