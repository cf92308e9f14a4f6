package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchClaimsTest {

  @Test
  void contendersThatFailAreShownWithTheirOutputAndMakeTheExitCodeOne() {
    CommandLineRun run =
        CommandLineRun.of("bench", "claims", "--quick", "--jvm-args", "-XX:+NoSuchFlag");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains("undecided  SIMD makes MatMul faster", "not measured: ")
        .contains("RMSNorm stays accurate as the dimension grows");
    assertThat(run.err()).contains("NoSuchFlag", "rmsnorm · vector · 1x4096: ");
  }
}
