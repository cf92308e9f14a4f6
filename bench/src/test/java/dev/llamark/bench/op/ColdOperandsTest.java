package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.kernel.Rope;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.rope.Pairing;
import dev.llamark.tensor.Matrix;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** In the cold every operand lies in so many places that caches hold none of them. */
class ColdOperandsTest {

  private static final long COLD = 1 << 20;

  private final Map<String, Set<Object>> places = new LinkedHashMap<>();

  @BeforeAll
  static void doNotWarmUp() {
    System.setProperty(WarmUp.LEAST, "1");
  }

  private void see(String operand, Object place) {
    places.computeIfAbsent(operand, o -> new LinkedHashSet<>()).add(place);
  }

  private void requireRotation(KernelBenchmark benchmark, String... operands) {
    benchmark.coldBytes = COLD;
    benchmark.variant = "scalar";
    benchmark.threads = 1;
    benchmark.cache = "cold";
    benchmark.open();
    places.clear();
    int calls = 2 * (int) (COLD / benchmark.bytes() + 2);
    for (int call = 0; call < calls; call++) {
      benchmark.call();
    }
    benchmark.close();
    assertThat(places).containsOnlyKeys(operands);
    assertThat(places)
        .allSatisfy(
            (operand, seen) ->
                assertThat(seen.size() * benchmark.bytes()).as(operand).isGreaterThan(COLD));
  }

  @Test
  void matMul() {
    MatMulBenchmark benchmark =
        new MatMulBenchmark() {
          @Override
          protected void prepare(int copies) {
            kernels = kernels.with(new SeenMatMul(kernels.matMul()));
            super.prepare(copies);
          }
        };
    benchmark.shape = "64x24x32"; // activations outweigh weights
    benchmark.dtype = "f32";
    requireRotation(benchmark, "x", "weights", "out");
  }

  @Test
  void rmsNorm() {
    RmsNormBenchmark benchmark =
        new RmsNormBenchmark() {
          @Override
          protected void prepare(int copies) {
            RmsNorm own = kernels.rmsNorm();
            RmsNorm seen =
                (x, xAt, w, wAt, rows, size, epsilon, out, outAt) -> {
                  see("x", xAt);
                  see("weight", wAt);
                  see("out", outAt);
                  own.compute(x, xAt, w, wAt, rows, size, epsilon, out, outAt);
                };
            kernels = kernels.with(seen);
            super.prepare(copies);
          }
        };
    benchmark.shape = "1x2048";
    requireRotation(benchmark, "x", "weight", "out");
  }

  @Test
  void rope() {
    RopeBenchmark benchmark =
        new RopeBenchmark() {
          @Override
          protected void prepare(int copies) {
            Rope own = kernels.rope();
            Rope seen =
                (x, xAt, p, pAt, table, pairing, tokens, heads, headDim, out, outAt) -> {
                  see("x", xAt);
                  see("row of the table", p[pAt]);
                  see("out", outAt);
                  own.compute(x, xAt, p, pAt, table, pairing, tokens, heads, headDim, out, outAt);
                };
            kernels = kernels.with(seen);
            super.prepare(copies);
          }
        };
    benchmark.shape = "2x8x64";
    benchmark.pairing = Pairing.HALVES;
    requireRotation(benchmark, "x", "row of the table", "out");
  }

  @Test
  void attention() {
    AttentionBenchmark benchmark =
        new AttentionBenchmark() {
          @Override
          protected void prepare(int copies) {
            Attention own = kernels.attention();
            Attention seen =
                (q, qAt, cache, first, tokens, heads, scale, out, outAt) -> {
                  see("q", qAt);
                  see("cache", cache);
                  see("out", outAt);
                  own.compute(q, qAt, cache, first, tokens, heads, scale, out, outAt);
                };
            kernels = kernels.with(seen);
            super.prepare(copies);
          }
        };
    benchmark.shape = "16x32x4x2x16";
    benchmark.dtype = "f32";
    requireRotation(benchmark, "q", "cache", "out");
  }

  @Test
  void swiGlu() {
    SwiGluBenchmark benchmark =
        new SwiGluBenchmark() {
          @Override
          protected void prepare(int copies) {
            SwiGlu own = kernels.swiGlu();
            SwiGlu seen =
                (gate, gateAt, up, upAt, size, out, outAt) -> {
                  see("gate", gateAt);
                  see("up", upAt);
                  see("out", outAt);
                  own.compute(gate, gateAt, up, upAt, size, out, outAt);
                };
            kernels = kernels.with(seen);
            super.prepare(copies);
          }
        };
    benchmark.shape = "2x512";
    requireRotation(benchmark, "gate", "up", "out");
  }

  private final class SeenMatMul implements MatMul {
    private final MatMul own;

    private SeenMatMul(MatMul own) {
      this.own = own;
    }

    @Override
    public PackedMatrix pack(Matrix weights) {
      return own.pack(weights);
    }

    @Override
    public void compute(float[] x, int xAt, int rows, PackedMatrix w, float[] out, int outAt) {
      see("x", xAt);
      see("weights", System.identityHashCode(w));
      see("out", outAt);
      own.compute(x, xAt, rows, w, out, outAt);
    }
  }
}
