package dev.llamark.bench.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.bench.op.RmsNormBenchmark;
import dev.llamark.bench.op.Verified;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Real forks, of good and of bad variants. */
class JmhForksTest {

  private static final Timing SHORT =
      new Timing(1, 1, Duration.ofMillis(50), Duration.ofSeconds(120));

  /** Time enough for a profiler that looks every ten milliseconds, whatever else runs. */
  private static final Timing LONG =
      new Timing(1, 1, Duration.ofMillis(500), Duration.ofSeconds(120));

  private static ForkResult run(String variant, Timing timing, String... profilers) {
    try (JmhForks forks = new JmhForks(timing)) {
      return forks.run(
          new ForkSpec(
              variant,
              new ForkSpec.Method(RmsNormBenchmark.class, "normalize"),
              Map.of("variant", variant, "shape", "1x64", "threads", "1", "cache", "hot"),
              List.of(),
              List.of(profilers)));
    }
  }

  @Test
  void goodVariantIsMeasuredAndSaysHowRightItIs() {
    ForkResult result = run("scalar", SHORT);
    assertThat(result).isInstanceOf(ForkResult.Measured.class);
    ForkResult.Measured measured = (ForkResult.Measured) result;
    assertThat(measured.nanos()).isPositive();
    assertThat(Verified.error(measured.output()).orElseThrow().maxRatioToBound()).isLessThan(1);
  }

  @Test
  void whatAProfilerFoundIsPrinted() {
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      System.setErr(new PrintStream(said, true));
      run("scalar", LONG, "stack");
    } finally {
      System.setErr(err);
    }
    assertThat(said.toString()).startsWith("scalar · ").contains("RUNNABLE");
  }

  @Test
  void wrongVariantIsNotTimed() {
    ForkResult result = run("faulty", SHORT);
    assertThat(result).isInstanceOf(ForkResult.Failed.class);
    assertThat(((ForkResult.Failed) result).reason()).startsWith("faulty is wrong: worst at");
  }
}
