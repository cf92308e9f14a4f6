package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.MatMulOracle;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Int8 activations in a whole model. One rounding that float noise turns over moves the logits by
 * more than many a fault does, so that a fault must show step by step.
 */
class Int8GateTest {

  private static KernelRegistry registry;
  private static ThreadTeam team;
  private static ModelSource source;
  private static ModelReference reference;

  @BeforeAll
  static void compute() {
    registry = KernelRegistry.load(Int8GateTest.class.getClassLoader());
    team = new ThreadTeam(2);
    source = ModelSources.open("synthetic:probe256:q4_0");
    int[] tokens = ModelTask.randomTokens(source.config(), 24, 42);
    reference = ModelReference.compute(source, ModelTask.of(tokens), team, _ -> {});
  }

  @AfterAll
  static void close() {
    source.close();
    team.close();
  }

  /** What a variant makes of the rows that it multiplies, (rows × columns). */
  private interface Quantiser {
    float[] round(float[] x, int rows, int columns);
  }

  /** The scalar linear layer over rounded activations. */
  private record Quantising(MatMul floats, Quantiser quantiser) implements MatMul {
    @Override
    public PackedMatrix pack(Matrix weights) {
      return floats.pack(weights);
    }

    @Override
    public void compute(
        float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
      int columns = weights.columns();
      float[] own = Arrays.copyOfRange(x, xOffset, xOffset + rows * columns);
      floats.compute(quantiser.round(own, rows, columns), 0, rows, weights, out, outOffset);
    }
  }

  private static VariantResult check(Quantiser quantiser) {
    try (Kernels scalar = registry.open("scalar", team)) {
      Kernels quantising = scalar.with(new Quantising(scalar.matMul(), quantiser));
      return new ModelComparison(reference, _ -> {}).check(quantising, Arithmetic.INT8_ACTIVATIONS);
    }
  }

  private static float[] right(float[] x, int rows, int columns) {
    return MatMulOracle.quantised(x, columns);
  }

  private static void assertCaughtStepByStep(Quantiser quantiser, String step) {
    assertThat(check(quantiser).verdict())
        .isInstanceOf(Verdict.Fail.class)
        .satisfies(v -> assertThat(v.reason()).startsWith(step + " adds NMSE"));
  }

  /** Near ties may fall either way with a flipped rounding; that is no fault. */
  private static void assertRight(VariantResult result) {
    assertThat(result.verdict()).isNotInstanceOf(Verdict.Fail.class);
    assertThat(result.verdict()).isNotInstanceOf(Verdict.Skipped.class);
    assertThat(result.phases())
        .allSatisfy(phase -> assertThat(phase.judged().nmse()).isLessThan(phase.gate().nmse()));
  }

  @Test
  void roundingAsTheOracleDoesIsRight() {
    assertRight(check(Int8GateTest::right));
  }

  @Test
  void theVectorVariantIsRight() {
    assertRight(new ModelComparison(reference, _ -> {}).check(registry, "vector-int8", team));
  }

  @Test
  void theOraclesOwnFlipsAreTheGate() {
    OracleRun.Output judge = reference.judge(Arithmetic.INT8_ACTIVATIONS).orElseThrow();
    Gate gate = reference.gate(Arithmetic.INT8_ACTIVATIONS, reference.prefill());
    assertThat(judge.spread()).isBetween(1e-12, 1e-3);
    assertThat(gate.nmse()).isEqualTo(Math.max(1e-4, 16 * judge.spread()));
  }

  /** Right alone; with the residual added it takes another epsilon. */
  private record OtherEpsilonWhenFused(RmsNorm norm) implements RmsNorm {
    @Override
    public void compute(
        float[] x,
        int xOffset,
        float[] weight,
        int weightOffset,
        int rows,
        int size,
        float epsilon,
        float[] out,
        int outOffset) {
      norm.compute(x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset);
    }

    @Override
    public void computeSum(
        float[] residual,
        int residualOffset,
        float[] delta,
        int deltaOffset,
        float[] weight,
        int weightOffset,
        int rows,
        int size,
        float epsilon,
        float[] out,
        int outOffset) {
      norm.computeSum(
          residual,
          residualOffset,
          delta,
          deltaOffset,
          weight,
          weightOffset,
          rows,
          size,
          epsilon / 10,
          out,
          outOffset);
    }
  }

  @Test
  void anotherEpsilonInTheFusedNormAloneIsCaught() {
    try (Kernels scalar = registry.open("scalar", team)) {
      Kernels wrong =
          scalar
              .with(new Quantising(scalar.matMul(), Int8GateTest::right))
              .with(new OtherEpsilonWhenFused(scalar.rmsNorm()));
      VariantResult result =
          new ModelComparison(reference, _ -> {}).check(wrong, Arithmetic.INT8_ACTIVATIONS);
      assertThat(result.verdict())
          .isInstanceOf(Verdict.Fail.class)
          .satisfies(
              v -> assertThat(v.reason()).startsWith("layer 0 ffn norm in prefill adds NMSE"));
    }
  }

  @Test
  void truncationIsCaught() {
    assertCaughtStepByStep((x, _, columns) -> truncated(x), "layer 0 query in prefill");
  }

  private static float[] truncated(float[] x) {
    float[] out = new float[x.length];
    for (int from = 0; from < x.length; from += 32) {
      float max = 0;
      for (int i = from; i < from + 32; i++) {
        max = Math.max(max, Math.abs(x[i]));
      }
      float stored = Float.float16ToFloat(Float.floatToFloat16(max / 127));
      for (int i = from; i < from + 32; i++) {
        out[i] = stored * (int) (x[i] / (max / 127));
      }
    }
    return out;
  }

  @Test
  void aScaleKeptInFloatIsCaught() {
    assertCaughtStepByStep(
        (x, _, columns) -> {
          float[] out = right(x, 1, columns);
          for (int from = 0; from < x.length; from += 32) {
            float max = 0;
            float stored = 0;
            for (int i = from; i < from + 32; i++) {
              max = Math.max(max, Math.abs(x[i]));
              stored = Math.max(stored, Math.abs(out[i]));
            }
            for (int i = from; i < from + 32; i++) {
              out[i] *= max / stored;
            }
          }
          return out;
        },
        "layer 0 query in prefill");
  }

  @Test
  void aDroppedLastInputIsCaught() {
    assertCaughtStepByStep(
        (x, _, columns) -> {
          float[] out = right(x, 1, columns);
          for (int last = columns - 1; last < out.length; last += columns) {
            out[last] = 0;
          }
          return out;
        },
        "layer 0 query in prefill");
  }

  @Test
  void activationsLeftInFloatAreCaught() {
    assertCaughtStepByStep((x, _, _) -> x, "layer 0 query in prefill");
  }

  @Test
  void aFaultOfSingleRowsIsCaughtInDecode() {
    assertCaughtStepByStep(
        (x, rows, columns) -> rows == 1 ? truncated(x) : right(x, rows, columns),
        "layer 0 query in decode");
  }

  @Test
  void withoutTheModelInDoubleNothingCanBeJudged() {
    ModelTask task = ModelTask.of(reference.task().tokens()).withOracleLimit(0);
    ModelReference alone = ModelReference.compute(source, task, team, _ -> {});
    Verdict verdict =
        new ModelComparison(alone, _ -> {}).check(registry, "vector-int8", team).verdict();
    assertThat(verdict)
        .isInstanceOf(Verdict.Skipped.class)
        .satisfies(v -> assertThat(v.reason()).contains("only the model in double can judge"));
  }
}
