package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every benchmark runs once on every variant, and what it leaves is right. */
abstract class KernelBenchmarkTest<B extends KernelBenchmark> {

  /** Nothing is timed here. */
  @BeforeAll
  static void doNotWarmUp() {
    System.setProperty(WarmUp.LEAST, "1");
  }

  /** A small benchmark. */
  abstract B benchmark();

  /** Runs the measured method. */
  abstract void run(B benchmark);

  static Stream<String> variants() {
    return Variants.registry().variants().stream()
        .filter(variant -> variant.usable() && variant.role() == Role.VARIANT)
        .filter(variant -> !variant.onRequest())
        .map(Variant::id);
  }

  private B open(String variant, int threads, String cache) {
    B benchmark = benchmark();
    benchmark.variant = variant;
    benchmark.threads = threads;
    benchmark.cache = cache;
    benchmark.open();
    return benchmark;
  }

  @ParameterizedTest
  @MethodSource("variants")
  void agreesWithTheOracle(String variant) {
    B benchmark = open(variant, 2, "hot");
    run(benchmark);
    assertThat(benchmark.check().passed()).isTrue();
    benchmark.close();
  }

  @Test
  void wrongVariantIsRefusedBeforeItIsTimed() {
    assertThatThrownBy(() -> open(FaultyProvider.ID, 1, "hot"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("faulty is wrong: ");
  }
}
