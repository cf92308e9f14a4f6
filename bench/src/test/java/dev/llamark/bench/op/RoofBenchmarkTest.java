package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.MachineProbe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoofBenchmarkTest {

  /** Sizes about which a piece more is needed. */
  @ParameterizedTest
  @ValueSource(longs = {1 << 10, 3 << 14, 1 << 20, (1 << 20) + 1024, 3 << 19, (1 << 21) - 1024})
  void piecesCoverAllThatAThreadHasButTheirRounding(long bytes) {
    long chunk = RoofBenchmark.chunk("read", bytes, 1);
    assertThat(chunk).isBetween((long) MachineProbe.STEP, RoofBenchmark.PART_BYTES);
    assertThat(chunk % MachineProbe.STEP).isZero();
    assertThat(bytes % chunk).isLessThan(2L * MachineProbe.STEP);
  }
}
