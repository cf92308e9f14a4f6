package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ResultReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every verdict, produced through the command line, with its exit code and its records. */
class VerdictsTest {

  /** A MatMul of plain loops, with what a test puts in for {@code SUPPORTS} and {@code AFTER}. */
  private static final String MATMUL =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.run.ThreadTeam;
      import dev.llamark.tensor.*;

      public class PROVIDER implements KernelProvider {
        static int calls;

        public String id() {
          return "mine";
        }

        record Packed(DType dtype, int rows, int columns, float[] values) implements PackedMatrix {
          public long bytes() {
            return 4L * values.length;
          }
        }

        static class Mul implements MatMul {
          public boolean supports(DType dtype) {
            return SUPPORTS;
          }

          public PackedMatrix pack(Matrix w) {
            float[] values = new float[w.rows() * w.columns()];
            for (int r = 0; r < w.rows(); r++) {
              w.decodeRow(r, values, r * w.columns());
            }
            return new Packed(w.dtype(), w.rows(), w.columns(), values);
          }

          public void compute(float[] x, int xo, int m, PackedMatrix p, float[] out, int oo) {
            Packed w = (Packed) p;
            int k = w.columns();
            for (int i = 0; i < m; i++) {
              for (int n = 0; n < w.rows(); n++) {
                double sum = 0;
                for (int j = 0; j < k; j++) {
                  sum += (double) x[xo + i * k + j] * w.values()[n * k + j];
                }
                float result = (float) sum;
                AFTER
                out[oo + i * w.rows() + n] = result;
              }
            }
          }
        }

        public Kernels create(ThreadTeam team) {
          return Kernels.of("mine").basedOn("scalar").with(new Mul());
        }
      }
      """;

  @TempDir private static Path folder;
  private static String twins;
  private static String silent;
  private static String random;

  @BeforeAll
  static void writeModels() throws IOException {
    twins = TinyModel.twins(folder.resolve("twins.bin")).toString();
    silent = TinyModel.silent(folder.resolve("silent.bin")).toString();
    random = TinyModel.random(folder.resolve("random.bin")).toString();
  }

  private static String jar(String provider, String supports, String after) throws IOException {
    String source =
        MATMUL.replace("PROVIDER", provider).replace("SUPPORTS", supports).replace("AFTER", after);
    return VariantJar.build(folder, provider, source).toString();
  }

  private record Verified(CommandLineRun run, List<ObjectNode> records) {

    List<String> verdicts() {
      return records.stream().map(r -> r.get("verdict").asText()).distinct().toList();
    }
  }

  private static Verified verify(String... args) {
    Path out = folder.resolve("records.jsonl");
    List<String> words = new ArrayList<>(List.of("verify"));
    words.addAll(List.of(args));
    words.addAll(List.of("--out", out.toString()));
    CommandLineRun run = CommandLineRun.of(words.toArray(String[]::new));
    return new Verified(run, ResultReader.read(out));
  }

  @Test
  void pass() {
    Verified verified = verify("model", "-m", random, "--kernels", "scalar,vector");
    assertThat(verified.run().exitCode()).as(verified.run().out()).isZero();
    assertThat(verified.verdicts()).containsExactly("PASS");
  }

  @Test
  void failInTheModelNamesOperationAndLayer() throws IOException {
    String wrong = jar("Wrong", "true", "if (n == 3 && w.rows() == 24) result += 0.01f;");
    Verified verified = verify("model", "-m", random, "--variants", wrong, "--kernels", "mine");
    assertThat(verified.run().exitCode()).isEqualTo(1);
    assertThat(verified.verdicts()).containsExactly("FAIL");
    assertThat(verified.run().out())
        .contains("FAIL: mine is wrong in the model, from layer 0 gate (MatMul) on");
    ObjectNode record = verified.records().getFirst();
    // The fault is in both matrices of that shape
    assertThat(record.get("worst_step").asText()).isIn("layer 0 gate", "layer 0 up");
    assertThat(record.get("oracle_worst_step").asText()).isIn("layer 0 gate", "layer 0 up");
    assertThat(record.get("layers"))
        .hasSize(15 + 3)
        .allSatisfy(
            layer ->
                assertThat(layer.get("added").isNumber() && layer.get("oracle_added").isNumber())
                    .isTrue());
    Verified swapped =
        verify("model", "-m", random, "--variants", wrong, "--kernels", "mine", "--substitute");
    assertThat(swapped.run().out())
        .containsPattern("with MatMul of oracle: NMSE \\S+, which removes the difference");
  }

  @Test
  void ambiguousWarnsAndFailsOnlyTheStrict() throws IOException {
    // The twin that comes second wins by the last bit
    String nudged =
        jar("Nudged", "true", "if (n % 2 == 1 && w.rows() == 32) result = Math.nextUp(result);");
    String[] args = {"model", "-m", twins, "--variants", nudged, "--kernels", "mine"};
    Verified verified = verify(args);
    assertThat(verified.run().exitCode()).as(verified.run().out()).isZero();
    assertThat(verified.verdicts()).containsExactly("AMBIGUOUS");
    assertThat(verified.run().out()).contains("mine is ambiguous: position 0: token ");
    List<String> strict = new ArrayList<>(List.of(args));
    strict.add("--strict");
    assertThat(verify(strict.toArray(String[]::new)).run().exitCode()).isEqualTo(1);
  }

  @Test
  void mistrustedWarnsAndFailsOnlyTheStrict() {
    Verified verified = verify("model", "-m", silent, "--kernels", "scalar");
    assertThat(verified.run().exitCode()).as(verified.run().out()).isZero();
    assertThat(verified.verdicts()).containsExactly("MISTRUSTED");
    assertThat(verified.run().out()).contains("scalar is mistrusted: ");
    assertThat(verify("model", "-m", silent, "--kernels", "scalar", "--strict").run().exitCode())
        .isEqualTo(1);
  }

  @Test
  void skippedSaysWhyAndAloneIsNothing() throws IOException {
    String halves = jar("Halves", "dtype == DType.F16", "");
    Verified alone = verify("model", "-m", random, "--variants", halves, "--kernels", "mine");
    assertThat(alone.run().exitCode()).isEqualTo(5);
    assertThat(alone.verdicts()).containsExactly("SKIPPED");
    assertThat(alone.run().out()).contains("mine has no MatMul for f32");
    Verified beside =
        verify("model", "-m", random, "--variants", halves, "--kernels", "mine,scalar");
    assertThat(beside.run().exitCode()).isZero();
    assertThat(beside.verdicts()).containsExactly("SKIPPED", "PASS");
    Verified ops = verify("ops", "--op", "matmul", "--variants", halves, "--kernels", "mine");
    assertThat(ops.run().exitCode()).isEqualTo(5);
    assertThat(ops.verdicts()).containsExactly("SKIPPED");
  }

  @Test
  void aVariantThatDoesNotRepeatItselfFails() throws IOException {
    String moody =
        jar("Moody", "true", "if (calls++ % 7001 == 7000) result = Math.nextUp(result);");
    Verified verified =
        verify(
            "repeat",
            "-m",
            random,
            "-p",
            "16",
            "--variants",
            moody,
            "--kernels",
            "mine",
            "--check",
            "twice,threads");
    assertThat(verified.run().exitCode()).as(verified.run().out()).isEqualTo(1);
    assertThat(verified.verdicts()).contains("FAIL");
    assertThat(verified.run().out()).contains("FAIL: mine does not repeat itself: ");
  }

  @Test
  void aGoldenFileFindsAWrongKernelWithoutOnnxRuntime() throws IOException {
    String golden = folder.resolve("tiny.golden.json").toString();
    Verified saved = verify("model", "-m", random, "--kernels", "scalar", "--save-golden", golden);
    assertThat(saved.run().exitCode()).as(saved.run().out()).isZero();
    String wrong = jar("WrongDown", "true", "if (n == 5 && k == 24) result *= 1.001f;");
    Verified verified =
        verify(
            "model",
            "-m",
            random,
            "--golden",
            golden,
            "--variants",
            wrong,
            "--kernels",
            "mine,vector");
    assertThat(verified.run().exitCode()).isEqualTo(1);
    assertThat(verified.verdicts()).containsExactly("FAIL", "PASS");
    assertThat(verified.run().out())
        .contains("mine is not what the golden file has, from layer 0 down (MatMul) on");
  }
}
