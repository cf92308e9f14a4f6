package dev.llamark.bench.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.bench.op.WarmUp;
import dev.llamark.rope.RopeTable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AngleScalingBenchmarkTest {

  @BeforeAll
  static void doNotWarmUp() {
    System.setProperty(WarmUp.LEAST, "1");
  }

  private static AngleScalingBenchmark open(String variant, AngleScaling scaling) {
    AngleScalingBenchmark benchmark = new AngleScalingBenchmark();
    benchmark.variant = variant;
    benchmark.threads = 1;
    benchmark.cache = "hot";
    benchmark.scaling = scaling.id();
    benchmark.part = "rotate";
    benchmark.open();
    return benchmark;
  }

  @ParameterizedTest
  @EnumSource(AngleScaling.class)
  void everyScalingRotatesByAWholeTableOfItsOwn(AngleScaling scaling) {
    AngleScalingBenchmark benchmark = open("vector", scaling);
    assertThat(benchmark.check().passed()).isTrue();
    RopeTable table = benchmark.build();
    assertThat(table.positions()).isEqualTo(AngleScaling.CONTEXT);
    assertThat(table.pairs()).isEqualTo(AngleScaling.ROTARY_DIM / 2);
    // One step of the slowest pair: by theta^(−126/128) radians, unless the scaling slows it down.
    double slowest = Math.pow(10_000, -126 / 128.0);
    double angle = Math.atan2(table.sine(1, 63), table.cosine(1, 63));
    if (scaling == AngleScaling.NONE) {
      assertThat(angle).isCloseTo(slowest, within(1e-12));
    } else {
      assertThat(angle).isBetween(slowest / 3.1, slowest / 1.9);
    }
    benchmark.close();
  }

  @Test
  void aRopeThatDoesNothingIsRefused() {
    assertThatThrownBy(() -> open("faulty", AngleScaling.YARN))
        .hasMessageStartingWith("faulty is wrong: ");
  }
}
