package dev.llamark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's jar with one wrong kernel is found out, named, and can be replayed. */
class UserVariantTest {

  private static final Pattern REPLAY = Pattern.compile("replay: +llamark (\\S.*\\S)");

  /** Rotates neighbours where halves were asked for, and the other way round. */
  private static final String SWAPPED_PAIRING =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.rope.*;
      import dev.llamark.run.ThreadTeam;

      public class SwappedPairing implements KernelProvider {
        public String id() {
          return "swapped";
        }

        public Kernels create(ThreadTeam team) {
          Rope rope = (x, xo, p, po, table, pairing, tokens, heads, headDim, out, oo) -> {
            Pairing other = pairing == Pairing.HALVES ? Pairing.INTERLEAVED : Pairing.HALVES;
            float[] in = x.clone();
            System.arraycopy(in, xo, out, oo, tokens * heads * headDim);
            for (int h = 0; h < tokens * heads; h++) {
              for (int j = 0; j < table.pairs(); j++) {
                int angle = p[po + h / heads] * table.pairs() + j;
                int a = h * headDim + other.first(j, table.rotaryDim());
                int b = h * headDim + other.second(j, table.rotaryDim());
                float cos = table.cosines()[angle], sin = table.sines()[angle];
                out[oo + a] = in[xo + a] * cos - in[xo + b] * sin;
                out[oo + b] = in[xo + b] * cos + in[xo + a] * sin;
              }
            }
          };
          return Kernels.of("swapped").basedOn("scalar").with(rope);
        }
      }
      """;

  /** Sums in steps of four and forgets what is left over. */
  private static final String DROPPED_TAIL =
      """
      import dev.llamark.kernel.*;
      import dev.llamark.run.ThreadTeam;
      import dev.llamark.tensor.*;

      public class DroppedTail implements KernelProvider {
        public String id() {
          return "dropped";
        }

        record Packed(DType dtype, int rows, int columns, float[] values) implements PackedMatrix {
          public long bytes() {
            return 4L * values.length;
          }
        }

        static class Mul implements MatMul {
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
                float sum = 0;
                for (int j = 0; j < k / 4 * 4; j++) {
                  sum += x[xo + i * k + j] * w.values()[n * k + j];
                }
                out[oo + i * w.rows() + n] = sum;
              }
            }
          }
        }

        public Kernels create(ThreadTeam team) {
          return Kernels.of("dropped").basedOn("scalar").with(new Mul());
        }
      }
      """;

  @Test
  void aSwappedPairingIsFoundInRope(@TempDir Path folder) throws IOException {
    Path jar = VariantJar.build(folder, "SwappedPairing", SWAPPED_PAIRING);
    assertFound(jar, "swapped", "Rope");
  }

  @Test
  void aDroppedTailIsFoundInMatMul(@TempDir Path folder) throws IOException {
    Path jar = VariantJar.build(folder, "DroppedTail", DROPPED_TAIL);
    assertFound(jar, "dropped", "MatMul");
  }

  private static void assertFound(Path jar, String id, String operation) {
    CommandLineRun run =
        CommandLineRun.of("verify", "--variants", jar.toString(), "--kernels", "scalar," + id);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.out())
        .contains("FAIL: " + id + " is wrong in " + operation)
        .contains(id + " takes ")
        .contains("scalar passes")
        .contains("layer 0 ");
    Matcher replay = REPLAY.matcher(run.out());
    assertThat(replay.find()).isTrue();
    do {
      assertThat(replay.group(1)).contains(id).contains(jar.toString());
      CommandLineRun again = CommandLineRun.of(replay.group(1).split(" "));
      assertThat(again.exitCode()).as(replay.group(1)).isEqualTo(1);
      assertThat(again.out()).contains("FAIL: " + id);
    } while (replay.find());
  }
}
