package dev.llamark.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.Attention;
import dev.llamark.kernel.Kernel;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels that are wrong in one way each, over the oracle's own, which are right. */
class WrongKernelsTest {

  /** What a kernel does with the right multiplication. */
  private interface Multiplication {
    void run(MatMul right, float[] x, int xOffset, int m, PackedMatrix w, float[] out, int to);
  }

  private record Provider(Arithmetic arithmetic, Function<Kernels, Kernel> kernel)
      implements KernelProvider {
    @Override
    public String id() {
      return "wrong";
    }

    @Override
    public Kernels create(ThreadTeam team) {
      return Kernels.of(id())
          .basedOn("oracle")
          .with(kernel.apply(new OracleProvider().create(team)));
    }
  }

  private record Wrapped(MatMul right, Multiplication wrong) implements MatMul {
    @Override
    public PackedMatrix pack(Matrix weights) {
      return right.pack(weights);
    }

    @Override
    public void compute(
        float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
      wrong.run(right, x, xOffset, rows, weights, out, outOffset);
    }
  }

  /** Writes to the weights that it packs. */
  private record Packing(MatMul right) implements MatMul {
    @Override
    public PackedMatrix pack(Matrix weights) {
      weights.data().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      return right.pack(weights);
    }

    @Override
    public void compute(
        float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
      right.compute(x, xOffset, rows, weights, out, outOffset);
    }
  }

  private static Judgement check(
      String id, Arithmetic arithmetic, Function<Kernels, Kernel> kernel) {
    KernelRegistry registry =
        KernelRegistry.of(new OracleProvider(), new Provider(arithmetic, kernel));
    try (Conformance conformance = new Conformance(registry, "wrong", 2)) {
      return conformance.check(CaseId.parse(id)).judgement();
    }
  }

  private static Judgement matMul(String id, Multiplication wrong) {
    return check(id, Arithmetic.FLOAT, kernels -> new Wrapped(kernels.matMul(), wrong));
  }

  private static Judgement attention(String id, Function<Attention, Attention> wrong) {
    return check(id, Arithmetic.FLOAT, kernels -> wrong.apply(kernels.attention()));
  }

  @Test
  void oneWrongElementOfALargeExactResultIsFoundAndNamed() {
    Judgement judgement =
        matMul(
            "matmul:f32:64x512x2048:exact",
            (right, x, xOffset, m, w, out, to) -> {
              right.compute(x, xOffset, m, w, out, to);
              out[to + 37 * 512 + 300] += 1;
            });
    assertThat(judgement.passed()).isFalse();
    assertThat(judgement.worst().orElseThrow().index()).containsExactly(37, 300);
  }

  @Test
  void twoSwappedElementsOfAnExactResultAreFound() {
    Judgement judgement =
        matMul(
            "matmul:f32:3x33x65:exact",
            (right, x, xOffset, m, w, out, to) -> {
              right.compute(x, xOffset, m, w, out, to);
              float first = out[to];
              out[to] = out[to + 1];
              out[to + 1] = first;
            });
    assertThat(judgement.passed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"matmul:f32:2x9x33", "matmul:f16:2x9x33", "matmul:q4_k:2x9x256"})
  void anErrorBeyondTheBoundIsFound(String id) {
    Judgement judgement =
        matMul(
            id,
            (right, x, xOffset, m, w, out, to) -> {
              right.compute(x, xOffset, m, w, out, to);
              for (int i = 0; i < m * w.rows(); i++) {
                out[to + i] += 0.5f;
              }
            });
    assertThat(judgement.passed()).isFalse();
  }

  @Test
  void anOutputThatIsNotWrittenIsFound() {
    Judgement judgement =
        matMul(
            "matmul:f32:2x9x33",
            (right, x, xOffset, m, w, out, to) -> {
              float last = out[to + m * w.rows() - 1];
              right.compute(x, xOffset, m, w, out, to);
              out[to + m * w.rows() - 1] = last;
            });
    assertThat(judgement.passed()).isFalse();
    assertThat(judgement.worst().orElseThrow().got()).isNaN();
  }

  @Test
  void aWriteBehindTheOutputIsFound() {
    Judgement judgement =
        matMul(
            "matmul:f32:2x9x33",
            (right, x, xOffset, m, w, out, to) -> {
              right.compute(x, xOffset, m, w, out, to);
              out[to + m * w.rows()] = 0;
            });
    assertThat(judgement.verdict().reason()).contains("wrote outside out");
  }

  @Test
  void aNaNThatIsSwallowedIsFound() {
    Judgement judgement =
        matMul(
            "matmul:f32:2x9x33:fill=nan",
            (right, x, xOffset, m, w, out, to) -> {
              right.compute(x, xOffset, m, w, out, to);
              for (int i = 0; i < m * w.rows(); i++) {
                out[to + i] = Float.isNaN(out[to + i]) ? 0 : out[to + i];
              }
            });
    assertThat(judgement.passed()).isFalse();
  }

  @Test
  void weightsCannotBeWrittenTo() {
    Judgement judgement =
        check("matmul:f32:2x9x33", Arithmetic.FLOAT, kernels -> new Packing(kernels.matMul()));
    assertThat(judgement.verdict().reason()).contains("threw");
  }

  @Test
  void aResultThatChangesFromRunToRunIsFound() {
    int[] runs = {0};
    Judgement judgement =
        matMul(
            "matmul:f32:2x9x33",
            (right, x, xOffset, m, w, out, to) -> {
              right.compute(x, xOffset, m, w, out, to);
              out[to] = runs[0]++ == 0 ? out[to] : Math.nextUp(out[to]);
            });
    assertThat(judgement.verdict().reason()).contains("not the same bits when run twice");
  }

  @Test
  void int8ActivationsAreJudgedAgainstAnOracleThatQuantisesAlike() {
    Multiplication int8 =
        (right, x, xOffset, m, w, out, to) -> {
          float[] rounded = roundedInBlocks(x, xOffset, m, w.columns());
          right.compute(rounded, 0, m, w, out, to);
        };
    Function<Kernels, Kernel> kernel = kernels -> new Wrapped(kernels.matMul(), int8);
    for (String id :
        new String[] {
          "matmul:q4_0:3x17x96",
          "matmul:f32:3x17x70",
          "matmul:q8_0:3x17x96:exact",
          "matmul:q8_0:3x17x96:law=linear-x"
        }) {
      assertThat(check(id, Arithmetic.INT8_ACTIVATIONS, kernel).verdict())
          .as(id)
          .isEqualTo(new Verdict.Pass());
    }
    String id = "matmul:q4_0:3x17x96";
    assertThat(check(id, Arithmetic.INT8_ACTIVATIONS, kernel).nmse()).isBetween(1e-6, 5e-4);
    assertThat(check(id, Arithmetic.FLOAT, kernel).passed()).isFalse();
    assertThat(check(id, Arithmetic.INT8_ACTIVATIONS, Kernels::matMul).passed()).isFalse();
  }

  private static float[] roundedInBlocks(float[] x, int from, int rows, int columns) {
    float[] rounded = new float[rows * columns];
    for (int i = 0; i < rounded.length; i++) {
      int first = i - i % columns % 32;
      int end = Math.min(first + 32, i - i % columns + columns);
      float max = 0;
      for (int k = first; k < end; k++) {
        max = Math.max(max, Math.abs(x[from + k]));
      }
      float step = max / 127;
      float stored = Float.float16ToFloat(Float.floatToFloat16(step));
      rounded[i] = stored * Math.round(x[from + i] * (1 / step));
    }
    return rounded;
  }

  @Test
  void aTokenThatSeesTheNextOneIsFound() {
    Judgement judgement =
        attention(
            "attention:f32:5x4x2x22x9:exact",
            right ->
                (q, qOffset, cache, first, tokens, heads, scale, out, to) -> {
                  right.compute(q, qOffset, cache, first, tokens, heads, scale, out, to);
                  right.compute(q, qOffset, cache, first + 1, 1, heads, scale, out, to);
                });
    assertThat(judgement.passed()).isFalse();
  }

  @Test
  void anUnusedPositionThatIsReadIsFound() {
    Judgement judgement =
        attention(
            "attention:f32:1x4x2x22x9",
            right ->
                (q, qOffset, cache, first, tokens, heads, scale, out, to) ->
                    right.compute(q, qOffset, cache, first + 1, tokens, heads, scale, out, to));
    assertThat(judgement.worst().orElseThrow().got()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(strings = {"attention:f32:1x4x2x22x9", "attention:f32:1x4x2x22x9:kv=f16"})
  void aCacheThatIsWrittenToIsFound(String id) {
    Judgement judgement =
        attention(
            id,
            right ->
                (q, qOffset, cache, first, tokens, heads, scale, out, to) -> {
                  right.compute(q, qOffset, cache, first, tokens, heads, scale, out, to);
                  cache.store(new float[44], 0, new float[44], 0, 11, 1);
                });
    assertThat(judgement.verdict().reason()).contains("changed the cache's keys");
  }

  @Test
  void aWrongScaleIsFound() {
    Judgement judgement =
        attention(
            "attention:f32:3x4x2x64x20",
            right ->
                (q, qOffset, cache, first, tokens, heads, scale, out, to) ->
                    right.compute(
                        q, qOffset, cache, first, tokens, heads, scale * 1.0001f, out, to));
    assertThat(judgement.passed()).isFalse();
  }
}
