package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.llamark.run.ResultReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real runs, as short as can be. */
class BenchOpsTest {

  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(BenchOpsTest.class.getResourceAsStream("/result.schema.json"));

  /** One whose RMSNorm does what is said here instead. */
  private static final String PROVIDER =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.run.ThreadTeam;

      public class %1$s implements KernelProvider {
        public String id() {
          return "%2$s";
        }

        public Kernels create(ThreadTeam team) {
          RmsNorm rmsNorm = (x, xo, w, wo, rows, size, epsilon, out, oo) -> {
            System.out.println("about to end badly");
            System.out.flush();
            %3$s
          };
          return Kernels.of(id()).with(rmsNorm);
        }
      }
      """;

  @TempDir Path folder;

  private Path out;

  @BeforeEach
  void nameTheResults() {
    out = folder.resolve("rows.jsonl");
  }

  private CommandLineRun bench(String... more) {
    List<String> args = new ArrayList<>(List.of("bench", "ops", "--quick"));
    args.addAll(List.of("--case", "rmsnorm:f32:1x64", "-t", "1", "--out", out.toString()));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray(String[]::new));
  }

  private List<String> fields(String pointer) {
    return ResultReader.read(out).stream().map(row -> row.at(pointer).asText()).toList();
  }

  private Path jar(String name, String body) throws IOException {
    String id = name.toLowerCase(Locale.ROOT);
    return VariantJar.build(folder, name, PROVIDER.formatted(name, id, body));
  }

  private void requireValidRows() {
    assertThat(ResultReader.read(out))
        .isNotEmpty()
        .allSatisfy(row -> assertThat(SCHEMA.validate(row)).isEmpty());
  }

  @Test
  void rowsSatisfyTheSchemaAndJmhsOwnReportLiesBeside() throws IOException {
    CommandLineRun run = bench("--forks", "1", "--kernels", "scalar,ort", "--format", "md");
    assertThat(run.exitCode()).as(run.err()).isZero();
    requireValidRows();
    assertThat(fields("/variant")).containsExactly("scalar", "ort", "ort-chain");
    assertThat(fields("/alloc_b_per_op").getFirst()).isEqualTo("0.0");
    assertThat(fields("/vs/ort/basis").getFirst()).isEqualTo("chain");
    assertThat(run.out()).contains("| RmsNorm 1x64 ").contains("no interval");
    assertThat(Files.readString(folder.resolve("rows.jmh.json")))
        .contains("RmsNormBenchmark.normalize")
        .contains("OrtChainBenchmark.node");
  }

  @Test
  void forksThatCrashOrHangAreReportedWithTheirOutputAndTheRestGoesOn() throws IOException {
    Path halting = jar("Halting", "Runtime.getRuntime().halt(77);");
    Path looping = jar("Looping", "while (out.length > 0) Thread.onSpinWait();");
    List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
    CommandLineRun run =
        bench(
            "--forks",
            "1",
            "--variants",
            halting + "," + looping,
            "--kernels",
            "halting,looping,scalar",
            "--fork-limit",
            "60s");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("halting · rmsnorm:f32:1x64: crashed with exit code 77")
        .contains("looping · rmsnorm:f32:1x64: hung: it was killed after 60 s")
        .contains("about to end badly");
    assertThat(fields("/variant")).containsExactly("scalar");
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
        .allMatch(before::contains);
  }

  @Test
  void twoSettingsAreComparedInOneRun() {
    CommandLineRun run =
        bench("--forks", "1", "--kernels", "scalar", "--a", "", "--b", "--jvm-args -Xint");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("A: as it stands").contains("B: --jvm-args -Xint");
    requireValidRows();
    assertThat(fields("/setting/name")).containsExactly("A", "B");
    assertThat(Double.parseDouble(fields("/vs/A/ratio").getLast())).isLessThan(0.5);
    assertThat(fields("/verdict").getLast()).isEqualTo("undecided"); // one fork proves nothing
  }
}
