package dev.llamark.verify.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.ModelComparison;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.mutant.Mutant;
import dev.llamark.verify.mutant.Mutants;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldenComparisonTest {

  private static final Environment ENVIRONMENT = Environment.collect(42);

  private static KernelRegistry registry;
  private static ThreadTeam team;
  private static ModelSource source;
  private static Golden golden;

  @BeforeAll
  static void record() {
    registry = KernelRegistry.load(GoldenComparisonTest.class.getClassLoader());
    team = new ThreadTeam(2);
    source = SyntheticSource.of("synthetic:probe");
    ModelTask task =
        ModelTask.of(ModelTask.randomTokens(source.config(), 40, 5))
            .withLayers(false)
            .withGenerate(4);
    ModelReference reference = ModelReference.compute(source, task, team, _ -> {});
    VariantResult verified =
        new ModelComparison(reference, _ -> {}).check(registry, "scalar", team);
    Golden.Run run =
        new GoldenRecorder(source, task, ENVIRONMENT)
            .record(registry, registry.variant("scalar"), verified, reference, team)
            .orElseThrow();
    Golden.Prompt prompt =
        new Golden.Prompt(task.tokens(), task.generate(), task.kv(), task.firstPosition());
    golden = new Golden(ModelFingerprint.of(source), prompt, List.of(run));
  }

  @AfterAll
  static void close() {
    source.close();
    team.close();
  }

  private static GoldenResult check(KernelRegistry registry, String id) {
    return check(registry, id, ENVIRONMENT);
  }

  private static GoldenResult check(KernelRegistry registry, String id, Environment environment) {
    try (Kernels kernels = registry.open(id, team)) {
      return new GoldenComparison(golden, source, environment).check(kernels, registry.variant(id));
    }
  }

  /** The scalar variant's operations under another id, with this norm. */
  private static KernelRegistry with(String id, Arithmetic arithmetic, RmsNorm norm) {
    KernelRegistry before = registry;
    return before.with(
        new KernelProvider() {
          @Override
          public String id() {
            return id;
          }

          @Override
          public Arithmetic arithmetic() {
            return arithmetic;
          }

          @Override
          public Kernels create(ThreadTeam team) {
            Kernels scalar = before.open("scalar", team);
            return Kernels.of(id)
                .with(norm)
                .with(scalar.rope())
                .with(scalar.matMul())
                .with(scalar.attention())
                .with(scalar.swiGlu());
          }
        });
  }

  /** Right to float accuracy, but with other last bits than the formula's order gives. */
  private static RmsNorm nudged() {
    RmsNorm scalar = registry.open("scalar", team).rmsNorm();
    return (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) -> {
      scalar.compute(x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset);
      for (int i = outOffset; i < outOffset + rows * size; i += 7) {
        out[i] = Math.nextUp(out[i]);
      }
    };
  }

  @Test
  void theSameVariantGivesTheSameBits() {
    GoldenResult result = check(registry, "scalar");
    assertThat(result.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(result.phases())
        .hasSize(2)
        .allSatisfy(
            phase -> {
              assertThat(phase.bits()).isTrue();
              assertThat(phase.maxAbs()).isZero();
              assertThat(phase.nmse()).isZero();
              assertThat(phase.top1()).isEqualTo(1);
              assertThat(phase.top10()).isEqualTo(1);
            });
  }

  @Test
  void anotherVariantMayHaveOtherBitsWithinTheBound() {
    GoldenResult result = check(registry, "vector");
    assertThat(result.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(result.golden()).isEqualTo("scalar");
    assertThat(result.phases())
        .allSatisfy(
            phase -> {
              assertThat(phase.bits()).isFalse();
              assertThat(phase.nmse()).isBetween(1e-18, phase.allowed());
              assertThat(phase.allowed()).isBetween(1e-11, 1e-9);
            });
    assertThat(result.firstDivergence()).isEmpty();
  }

  @Test
  void otherBitsOfTheSameVariantAreAmbiguousAndNameTheFirstStep() {
    GoldenResult result = check(with("scalar", Arithmetic.FLOAT, nudged()), "scalar");
    assertThat(result.verdict()).isInstanceOf(Verdict.Ambiguous.class);
    assertThat(result.verdict().reason())
        .startsWith("other bits than the golden from layer 0 attention norm on");
    assertThat(result.departs()).isEmpty();
  }

  @Test
  void theSameBitsAreNotExpectedOfAnotherJdk() {
    Environment e = ENVIRONMENT;
    Environment later =
        new Environment(
            e.revision(),
            "26.0.1",
            e.jvm(),
            e.flags(),
            e.os(),
            e.cpu(),
            e.features(),
            e.cores(),
            e.load(),
            e.stolenS(),
            e.hugePages(),
            e.mallocTunables(),
            e.seed(),
            e.time(),
            e.shard());
    KernelRegistry changed = with("scalar", Arithmetic.FLOAT, nudged());
    GoldenResult result = check(changed, "scalar", later);
    assertThat(result.verdict()).isEqualTo(new Verdict.Pass());
    assertThat(result.phases().getFirst().bits()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "rmsnorm-epsilon, layer 0 attention norm",
    "rmsnorm-moving-average, layer 0 attention norm",
    "rope-pairing, layer 0 rotated query",
    "matmul-tail, layer 0 query",
    "attention-kv-head, layer 0 attention",
    "swiglu-tail, layer 0 activation"
  })
  void aWrongKernelFailsAndTheFirstStepThatDepartsIsItsOwn(String id, String step) {
    Mutant mutant =
        Mutants.of(registry).stream().filter(m -> m.id().equals(id)).findFirst().orElseThrow();
    GoldenResult result = check(registry.with(mutant.provider()), mutant.provider().id());
    assertThat(result.verdict()).isInstanceOf(Verdict.Fail.class);
    assertThat(result.departs().orElseThrow().title()).isEqualTo(step);
  }

  @Test
  void nanFails() {
    RmsNorm nan =
        (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) ->
            java.util.Arrays.fill(out, outOffset, outOffset + rows * size, Float.NaN);
    GoldenResult result = check(with("mine", Arithmetic.FLOAT, nan), "mine");
    assertThat(result.verdict())
        .isEqualTo(new Verdict.Fail("the logits are not finite, from layer 0 attention norm on"));
  }

  @Test
  void whatAVariantThrowsIsItsFailure() {
    RmsNorm broken =
        (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) -> {
          throw new ArithmeticException("out of luck");
        };
    assertThat(check(with("mine", Arithmetic.FLOAT, broken), "mine").verdict())
        .isEqualTo(new Verdict.Fail("threw java.lang.ArithmeticException: out of luck"));
  }

  @Test
  void anotherArithmeticIsSkippedWithTheReason() {
    GoldenResult result = check(with("mine", Arithmetic.INT8_ACTIVATIONS, nudged()), "mine");
    assertThat(result.verdict())
        .isEqualTo(
            new Verdict.Skipped(
                "the golden file has no run in the arithmetic int8-activations, only in float"));
  }
}
