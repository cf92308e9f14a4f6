package dev.llamark.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.llamark.oracle.OracleProvider;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import org.junit.jupiter.api.Test;

class RopeTest {

  private final Rope rope = new OracleProvider().create(ThreadTeam.single()).rope();

  /** At position 1 pair 0 turns by 90 degrees, pair 1 not at all. */
  private final RopeTable table =
      RopeTable.of(new float[] {1, 1, 0, 1}, new float[] {0, 0, 1, 0}, 2);

  private final int[] one = {1};
  private final float[] out = new float[4];

  @Test
  void interleavedPairsAreNeighbours() {
    rope.apply(new float[] {1, 2, 3, 4}, 0, one, 0, table, Pairing.INTERLEAVED, 1, 1, 4, out, 0);
    assertThat(out).containsExactly(-2, 1, 3, 4);
  }

  @Test
  void halvesPairAnElementOfEachHalf() {
    rope.apply(new float[] {1, 2, 3, 4}, 0, one, 0, table, Pairing.HALVES, 1, 1, 4, out, 0);
    assertThat(out).containsExactly(-3, 2, 1, 4);
  }

  @Test
  void elementsBeyondTheRotaryDimensionStay() {
    float[] x = {1, 2, 3, 4, 5, 6};
    rope.apply(x, 0, one, 0, table, Pairing.HALVES, 1, 1, 6, x, 0);
    assertThat(x).containsExactly(-3, 2, 1, 4, 5, 6);
  }

  @Test
  void refusesAPositionBeyondTheTable() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> rope.apply(out, 0, new int[] {2}, 0, table, Pairing.HALVES, 1, 1, 4, out, 0))
        .withMessage("Rope: positions[0] must be from 0 to 1, the table's last, but is 2");
  }

  @Test
  void refusesAHeadShorterThanTheRotaryDimension() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rope.apply(out, 0, one, 0, table, Pairing.HALVES, 1, 2, 2, out, 0))
        .withMessage("Rope: the table's rotary dimension must be at most headDim = 2, but is 4");
  }
}
