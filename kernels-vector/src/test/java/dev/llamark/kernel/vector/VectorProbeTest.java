package dev.llamark.kernel.vector;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.MachineProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** A loop that left elements out would show a roof that is too high. */
class VectorProbeTest {

  private static final int STEP = MachineProbe.STEP;
  private static final int FLOATS = STEP / Float.BYTES;

  private final MachineProbe probe = new VectorProbe();

  /** Four steps of whole numbers from 1 up, so that sums are exact. */
  private static MemorySegment numbers(int from) {
    MemorySegment a = Arena.ofAuto().allocate(4 * STEP, STEP);
    for (int i = 0; i < 4 * FLOATS; i++) {
      a.setAtIndex(JAVA_FLOAT, i, from + i);
    }
    return a;
  }

  private static float at(MemorySegment a, int i) {
    return a.getAtIndex(JAVA_FLOAT, i);
  }

  @Test
  void readSeesEveryElementOfItsRangeInEveryPass() {
    // 257 + … + 768 = 512 · 1025 / 2
    assertThat(probe.read(numbers(1), STEP, 3 * STEP, 1)).isEqualTo(262_400);
    assertThat(probe.read(numbers(1), STEP, 3 * STEP, 3)).isEqualTo(3 * 262_400);
  }

  @Test
  void writeCopyAndAddWriteTheirRangeAndNothingElse() {
    MemorySegment written = numbers(1);
    probe.write(written, STEP, 3 * STEP, 2);
    MemorySegment copied = numbers(1);
    probe.copy(numbers(5000), copied, STEP, 3 * STEP, 2);
    MemorySegment sums = numbers(1);
    probe.add(numbers(5000), numbers(7000), sums, STEP, 3 * STEP, 2);
    for (int i = 0; i < 4 * FLOATS; i++) {
      boolean within = i >= FLOATS && i < 3 * FLOATS;
      assertThat(at(written, i)).as("written %d", i).isEqualTo(within ? 2 : 1 + i);
      assertThat(at(copied, i)).as("copied %d", i).isEqualTo(within ? 5000 + i : 1 + i);
      assertThat(at(sums, i)).as("sum %d", i).isEqualTo(within ? 12_000 + 2 * i : 1 + i);
    }
  }

  @Test
  void operationsOfARoundAreThoseOfTheWidthAskedForLast() {
    String key = "llamark.vector.bits";
    String before = System.getProperty(key, "");
    long lanes = probe.vectorBits() / Float.SIZE;
    long chains = probe.flopsPerRound() / (2 * lanes);
    System.setProperty(key, "128");
    try {
      assertThat(probe.flopsPerRound()).isEqualTo(2 * chains * 4);
    } finally {
      System.setProperty(key, before);
    }
  }

  /** Twelve chains that begin at 0.001 + n, n from 0 to 11, of as many lanes; 2e-6 a round. */
  @Test
  void multiplyAddDoesAllItsRounds() {
    long chains = probe.flopsPerRound() / 2;
    int lanes = probe.vectorBits() / Float.SIZE;
    double begun = lanes * 66 + chains * 1e-3;
    double each = chains * 2e-6;
    assertThat((double) probe.multiplyAdd(1000))
        .isCloseTo(begun + 1000 * each, org.assertj.core.data.Offset.offset(0.1 * each * 1000));
  }
}
