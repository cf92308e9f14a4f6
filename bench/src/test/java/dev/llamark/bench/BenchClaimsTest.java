package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.ResultReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchClaimsTest {

  @TempDir private Path folder;

  @Test
  void contendersThatFailAreShownWithTheirOutputAndMakeTheExitCodeOne() {
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "claims",
            "--quick",
            "--jvm-args",
            "-XX:+NoSuchFlag",
            "--out",
            folder.resolve("claims.jsonl").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .contains("undecided  SIMD makes MatMul faster", "not measured: ")
        .contains("RMSNorm stays accurate as the dimension grows");
    assertThat(run.err()).contains("NoSuchFlag", "rmsnorm · vector · 1x4096: ");
    assertThat(ResultReader.read(folder.resolve("claims.jsonl")).getFirst().at("/env/flags"))
        .asString()
        .contains("-XX:+NoSuchFlag");
  }
}
