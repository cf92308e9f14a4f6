package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.Kernel;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.Operation;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.kernel.Rope;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.oracle.Verdict;
import dev.llamark.rope.Pairing;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.model.VariantResult.Kind;
import dev.llamark.verify.model.VariantResult.Phase;
import dev.llamark.verify.onnx.OrtReference;
import dev.llamark.verify.onnx.RandomModel;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelComparisonTest {

  private static final int[] TOKENS = RandomModel.TOKENS;

  private static KernelRegistry registry;
  private static ThreadTeam team;
  private static ModelReference reference;

  @BeforeAll
  static void compute() {
    registry = KernelRegistry.load(ModelComparisonTest.class.getClassLoader());
    team = new ThreadTeam(2);
    reference = compute(RandomModel.PLAIN, ModelTask.of(TOKENS).withGenerate(6));
  }

  @AfterAll
  static void close() {
    team.close();
  }

  private static ModelReference compute(RandomModel model, ModelTask task) {
    return ModelReference.compute(model.source(), task, team, _ -> {});
  }

  private static VariantResult check(ModelReference reference, String id) {
    return new ModelComparison(reference, _ -> {}).check(registry, id, team);
  }

  /** The scalar variant with one operation of its own. */
  private static VariantResult checkWith(Kernel kernel) {
    try (Kernels scalar = registry.open("scalar", team)) {
      return new ModelComparison(reference, _ -> {}).check(scalar.with(kernel), Arithmetic.FLOAT);
    }
  }

  @ParameterizedTest
  @EnumSource(RandomModel.class)
  void scalarPassesInAllKindsOfModels(RandomModel model) {
    for (int opset : new int[] {OrtReference.PRIMITIVES, OrtReference.OPERATORS}) {
      VariantResult result = check(compute(model, ModelTask.of(TOKENS).withOpset(opset)), "scalar");
      assertThat(result.verdict()).as("opset %d", opset).isEqualTo(new Verdict.Pass());
      assertThat(result.decisiveSteps().first()).isEmpty();
    }
  }

  @Test
  void bothPhasesCompareAllPositionsWithAllThree() {
    VariantResult result = check(reference, "scalar");
    assertThat(result.phases()).extracting(Phase::kind).containsExactly(Kind.values());
    for (Phase phase : result.phases()) {
      assertThat(phase.toReference().positions()).hasSize(TOKENS.length);
      assertThat(phase.toReference().nmse()).isBetween(1e-18, 1e-11);
      assertThat(phase.toOracle().orElseThrow().nmse()).isBetween(1e-18, 1e-11);
      assertThat(phase.toReference().top1()).isEqualTo(1);
    }
    assertThat(result.firstDivergence()).isEmpty();
    assertThat(reference.sameUnwatched()).contains(true);
    assertThat(reference.ownError().orElseThrow().nmse()).isBetween(1e-18, 1e-11);
  }

  @Test
  void aWrongRotationIsTracedToRope() {
    Rope scalar = registry.open("scalar", team).rope();
    Rope swapped =
        (x, xOffset, positions, at, table, pairing, tokens, heads, headDim, out, outOffset) ->
            scalar.compute(
                x,
                xOffset,
                positions,
                at,
                table,
                pairing == Pairing.HALVES ? Pairing.INTERLEAVED : Pairing.HALVES,
                tokens,
                heads,
                headDim,
                out,
                outOffset);
    VariantResult result = checkWith(swapped);
    assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class);
    for (Steps steps : new Steps[] {result.steps(), result.decisiveSteps()}) {
      Steps.Step first = steps.first().orElseThrow();
      assertThat(first.point().title()).isEqualTo("layer 0 rotated query");
      assertThat(first.operation()).contains(Operation.ROPE);
    }
  }

  @Test
  void anotherEpsilonIsTracedToTheFirstNorm() {
    RmsNorm scalar = registry.open("scalar", team).rmsNorm();
    RmsNorm wrong =
        (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) ->
            scalar.compute(x, xOffset, w, wOffset, rows, size, 1e-3f, out, outOffset);
    VariantResult result = checkWith(wrong);
    assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class);
    assertThat(result.decisiveSteps().first().orElseThrow().point().title())
        .isEqualTo("layer 0 attention norm");
  }

  @Test
  void anErrorInTheLastLayerAloneIsAddedThereAndInheritedAfter() {
    SwiGlu scalar = registry.open("scalar", team).swiGlu();
    int[] calls = {0};
    SwiGlu wrong =
        (gate, gateOffset, up, upOffset, size, out, outOffset) -> {
          scalar.compute(gate, gateOffset, up, upOffset, size, out, outOffset);
          if (calls[0]++ % 2 == 1) { // the second of two layers
            out[outOffset] += 0.5f;
          }
        };
    VariantResult result = checkWith(wrong);
    Steps steps = result.decisiveSteps();
    assertThat(steps.first().orElseThrow().point().title()).isEqualTo("layer 1 activation");
    assertThat(steps.worst()).isEqualTo(steps.first());
    Steps.Step logits = steps.steps().getLast();
    assertThat(logits.inherited()).isGreaterThan(1e-6);
    assertThat(logits.added()).isLessThan(1e-12);
  }

  @Test
  void nanFailsAndSaysWhere() {
    SwiGlu nan =
        (gate, gateOffset, up, upOffset, size, out, outOffset) ->
            Arrays.fill(out, outOffset, outOffset + size, Float.NaN);
    VariantResult result = checkWith(nan);
    assertThat(result.verdict())
        .isEqualTo(new Verdict.Fail("NMSE is undefined: got NaN at position 0, token 0"));
    assertThat(result.decisiveSteps().first().orElseThrow().point().title())
        .isEqualTo("layer 0 activation");
    assertThat(result.firstDivergence().orElseThrow().got()).isEqualTo(-1);
  }

  @Test
  void whatAVariantThrowsIsItsFailure() {
    SwiGlu broken =
        (_, _, _, _, _, _, _) -> {
          throw new ArithmeticException("out of luck");
        };
    assertThat(checkWith(broken).verdict())
        .isEqualTo(new Verdict.Fail("threw java.lang.ArithmeticException: out of luck"));
  }

  @Test
  void aTypeThatAVariantDoesNotTakeIsSkippedWithTheReason() {
    MatMul scalar = registry.open("scalar", team).matMul();
    MatMul halvesOnly =
        new MatMul() {
          @Override
          public boolean supports(DType dtype) {
            return dtype == DType.F16;
          }

          @Override
          public PackedMatrix pack(Matrix matrix) {
            return scalar.pack(matrix);
          }

          @Override
          public void compute(
              float[] x, int xOffset, int rows, PackedMatrix w, float[] out, int outOffset) {
            scalar.compute(x, xOffset, rows, w, out, outOffset);
          }
        };
    assertThat(checkWith(halvesOnly).verdict())
        .isEqualTo(new Verdict.Skipped("scalar has no MatMul for f32"));
  }

  @Test
  void anotherConfigurationIsFoundOut() {
    LlamaConfig right = RandomModel.PLAIN.config();
    LlamaConfig wrong =
        new LlamaConfig(
            right.architecture(),
            right.hidden(),
            right.ffn(),
            right.layers(),
            right.heads(),
            right.kvHeads(),
            right.headDim(),
            right.vocab(),
            right.context(),
            right.rotaryDim(),
            2 * right.theta(),
            right.epsilon(),
            right.scaling(),
            right.pairing());
    VariantResult result =
        new ModelComparison(reference, wrong, _ -> {}).check(registry, "scalar", team);
    assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class);
    assertThat(result.decisiveSteps().first().orElseThrow().operation()).contains(Operation.ROPE);
  }

  @Test
  void aCacheOfHalvesIsJudgedByAnOracleThatHasOne() {
    ModelTask task = ModelTask.of(TOKENS).withKv(DType.F16).withGenerate(4);
    VariantResult result = check(compute(RandomModel.GROUPED_AND_TIED, task), "scalar");
    Phase prefill = result.phases().getFirst();
    assertThat(prefill.gate().nmse()).isEqualTo(1e-6);
    assertThat(prefill.verdict()).isEqualTo(new Verdict.Pass());
    double plain = prefill.toOracle().orElseThrow().nmse();
    assertThat(plain).isBetween(1e-9, 1e-6);
    assertThat(prefill.judged().nmse()).isLessThan(plain);
  }

  @Test
  void withoutAnOracleTheReferenceJudges() {
    ModelTask task = ModelTask.of(TOKENS).withOracleLimit(0).withGenerate(3);
    VariantResult result = check(compute(RandomModel.PLAIN, task), "scalar");
    Phase prefill = result.phases().getFirst();
    assertThat(prefill.toOracle()).isEmpty();
    assertThat(prefill.gate().nmse()).isEqualTo(1e-10);
    assertThat(result.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(result.oracleSteps()).isEmpty();
    assertThat(result.decisiveSteps().steps()).isNotEmpty();
  }

  @Test
  void aSampleOfALongContextPasses() {
    ModelTask task = ModelTask.of(TOKENS).withFirstPosition(131_000);
    assertThat(check(compute(RandomModel.BIASED, task), "scalar").verdict())
        .isEqualTo(new Verdict.Pass());
  }

  @Test
  void withoutLayersNothingIsTapped() {
    VariantResult result =
        check(compute(RandomModel.PLAIN, ModelTask.of(1, 2).withLayers(false)), "scalar");
    assertThat(result.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(result.steps().steps()).isEmpty();
  }

  @Test
  void aSingleTokenIsEnough() {
    assertThat(check(compute(RandomModel.PLAIN, ModelTask.of(5)), "scalar").verdict())
        .isEqualTo(new Verdict.Pass());
  }

  @Test
  void aModelThatSaysNothingIsMistrusted() {
    LlamaWeights weights = RandomModel.PLAIN.weights();
    Matrix embedding = weights.embedding();
    int rows = embedding.rows();
    int columns = embedding.columns();
    Matrix zeros = Matrix.of("output", rows, columns, new float[rows * columns]);
    var silent = new LlamaWeights(embedding, weights.layers(), weights.finalNorm(), zeros);
    ModelReference zero =
        ModelReference.compute(
            RandomModel.PLAIN.source(silent), ModelTask.of(TOKENS), team, _ -> {});
    assertThat(check(zero, "scalar").verdict()).isInstanceOf(Verdict.Mistrusted.class);
  }
}
