package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.ResultReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchMachineTest {

  @TempDir private Path folder;

  @Test
  void probesThatFailAreShownWithTheirOutputAndMakeTheExitCodeFour() {
    CommandLineRun run =
        CommandLineRun.of(
            "bench",
            "machine",
            "-t",
            "1",
            "--forks",
            "1",
            "--jvm-args",
            "-XX:+NoSuchFlag",
            "--out",
            folder.resolve("machine.jsonl").toString());
    assertThat(run.exitCode()).isEqualTo(4);
    assertThat(run.out()).contains("vector-width").doesNotContain("fma-peak");
    assertThat(run.err())
        .contains("fma · 1 t: ")
        .contains("NoSuchFlag")
        .contains("of the machine's probes did not get through: fma · 1 t, read L1 · 1 t");
    assertThat(ResultReader.read(folder.resolve("machine.jsonl")).getFirst().at("/env/flags"))
        .asString()
        .contains("-XX:+NoSuchFlag");
  }

  @Test
  void whatItCannotDoIsAUsageErrorOfOneLine() {
    CommandLineRun profiled = CommandLineRun.of("bench", "machine", "--prof", "stack");
    assertThat(profiled.exitCode()).isEqualTo(2);
    assertThat(profiled.err()).hasLineCount(1).contains("--prof", "llamark bench ops --prof");
    CommandLineRun threads = CommandLineRun.of("bench", "machine", "-t", "0");
    assertThat(threads.exitCode()).isEqualTo(2);
    assertThat(threads.err()).hasLineCount(1).contains("--threads", "0");
    CommandLineRun wide = CommandLineRun.of("bench", "machine", "--vector-bits", "200");
    assertThat(wide.exitCode()).isEqualTo(2);
    assertThat(wide.err()).hasLineCount(1).contains("--vector-bits", "200");
    CommandLineRun forks = CommandLineRun.of("bench", "machine", "--forks", "0");
    assertThat(forks.exitCode()).isEqualTo(2);
    assertThat(forks.err()).hasLineCount(1).contains("--forks", "0");
    CommandLineRun flags =
        CommandLineRun.of("bench", "machine", "--jvm-args", "-Dllamark.vector.bits=128");
    assertThat(flags.exitCode()).isEqualTo(2);
    assertThat(flags.err()).hasLineCount(1).contains("--vector-bits sets it everywhere");
  }
}
