package dev.llamark.bench.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.bench.op.WarmUp;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionBenchmarkTest {

  @BeforeAll
  static void doNotWarmUp() {
    System.setProperty(WarmUp.LEAST, "1");
  }

  private static PositionBenchmark open(String variant, String way) {
    PositionBenchmark benchmark = new PositionBenchmark();
    benchmark.variant = variant;
    benchmark.threads = 1;
    benchmark.cache = "hot";
    benchmark.way = way;
    benchmark.tokens = 5;
    benchmark.open();
    return benchmark;
  }

  @ParameterizedTest
  @CsvSource({
    "scalar,rope",
    "vector,rope",
    "scalar,learned",
    "vector,learned",
    "scalar,sinusoidal"
  })
  void everyWayPlacesTokensByItsFormula(String variant, String way) {
    PositionBenchmark benchmark = open(variant, way);
    float[] before = benchmark.place().clone();
    assertThat(benchmark.check().passed()).isTrue();
    assertThat(benchmark.place()).isNotEqualTo(before);
    benchmark.close();
  }

  @Test
  void aRopeThatDoesNothingIsRefused() {
    assertThatThrownBy(() -> open("faulty", "rope")).hasMessageStartingWith("faulty is wrong: ");
  }
}
