package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AllocationTest {

  private static final int HEADER = 16;

  private static double measured(int operations, Supplier<?> body) {
    PrintStream out = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true));
      Allocation.print("mine", operations, body);
    } finally {
      System.setOut(out);
    }
    return Allocation.of(said.toString()).orElseThrow();
  }

  @Test
  void bodyThatAllocatesNothingIsSaidToAllocateNothing() {
    assertThat(measured(1, () -> this)).isZero();
  }

  @Test
  void bytesOfEveryCallAreCounted() {
    assertThat(measured(1, () -> new byte[1000 - HEADER])).isEqualTo(1000);
  }

  @Test
  void bytesAreSharedByTheOperationsOfACall() {
    assertThat(measured(4, () -> new byte[1000 - HEADER])).isEqualTo(250);
  }

  @Test
  void silenceSaysNothing() {
    assertThat(Allocation.of("# JMH version: 1.37")).isEmpty();
  }
}
