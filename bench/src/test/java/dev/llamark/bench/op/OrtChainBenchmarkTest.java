package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.rope.Pairing;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrtChainBenchmarkTest {

  @BeforeAll
  static void doNotWarmUp() {
    System.setProperty(WarmUp.LEAST, "1");
  }

  /** A wrong end is refused in the set-up. */
  @ParameterizedTest
  @CsvSource({"rmsnorm, 3x65", "rope, 5x3x22", "swiglu, 2x67"})
  void chainsEndWhereTheOracleSays(String op, String shape) {
    OrtChainBenchmark benchmark = new OrtChainBenchmark();
    benchmark.op = op;
    benchmark.shape = shape;
    benchmark.pairing = Pairing.HALVES;
    benchmark.threads = 2;
    benchmark.open();
    assertThat(benchmark.node()).isNotNull();
    benchmark.close();
  }
}
