package dev.llamark.verify.repeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.RandomModel;
import dev.llamark.verify.repeat.RepeatFinding.Check;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class SameJvmTest {

  private static final KernelRegistry REGISTRY =
      KernelRegistry.load(SameJvmTest.class.getClassLoader());

  /** The findings of the scalar variant with a norm made for a team. */
  private static List<RepeatFinding> check(Function<ThreadTeam, RmsNorm> norm) {
    KernelProvider provider =
        new KernelProvider() {
          @Override
          public String id() {
            return "moody";
          }

          @Override
          public Kernels create(ThreadTeam team) {
            return Kernels.of("moody").with(norm.apply(team));
          }
        };
    KernelRegistry registry = REGISTRY.with(provider);
    return new SameJvm(
            registry, RandomModel.PLAIN.source(), ModelTask.of(RandomModel.TOKENS), 1e-10)
        .check(registry.variant("moody"), List.of(2, 1, 3));
  }

  private static RmsNorm scalar(ThreadTeam team) {
    return REGISTRY.open("scalar", team).rmsNorm();
  }

  /** A norm whose last bit is another where {@code odd} says so. */
  private static RmsNorm nudged(ThreadTeam team, java.util.function.BooleanSupplier odd) {
    RmsNorm right = scalar(team);
    return (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) -> {
      right.compute(x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset);
      if (odd.getAsBoolean()) {
        out[outOffset] = Math.nextUp(out[outOffset]);
      }
    };
  }

  private static Verdict worst(List<RepeatFinding> findings, Check check) {
    return findings.stream()
        .filter(f -> f.check() == check && f.verdict() instanceof Verdict.Fail)
        .map(RepeatFinding::verdict)
        .findFirst()
        .orElse(new Verdict.Pass());
  }

  @Test
  void theScalarVariantRepeatsItself() {
    List<RepeatFinding> findings = check(SameJvmTest::scalar);
    assertThat(findings)
        .extracting(RepeatFinding::check)
        .containsExactly(Check.TWICE, Check.TWICE, Check.THREADS, Check.THREADS, Check.PHASES);
    assertThat(findings).extracting(RepeatFinding::how).contains("1 thread to 2", "3 threads to 2");
    assertThat(findings)
        .allSatisfy(f -> assertThat(f.verdict()).isEqualTo(new Verdict.Pass()))
        .allSatisfy(f -> assertThat(f.difference()).isEmpty());
  }

  @Test
  void aKernelThatCountsItsCallsIsFoundOut() {
    int[] calls = {0};
    List<RepeatFinding> findings = check(team -> nudged(team, () -> calls[0]++ > 20));
    assertThat(worst(findings, Check.TWICE).reason()).startsWith("other bits from layer ");
  }

  @Test
  void aKernelThatDependsOnTheNumberOfThreadsIsFoundOut() {
    List<RepeatFinding> findings = check(team -> nudged(team, () -> team.size() == 3));
    assertThat(worst(findings, Check.TWICE)).isEqualTo(new Verdict.Pass());
    assertThat(worst(findings, Check.THREADS).reason())
        .startsWith("other bits from layer 0 attention norm on");
  }

  @Test
  void anErrorThatOnlyABatchHasIsBeyondTheBound() {
    List<RepeatFinding> findings =
        check(
            team -> {
              RmsNorm right = scalar(team);
              return (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) -> {
                float other = rows > 5 ? 1e-2f : epsilon;
                right.compute(x, xOffset, w, wOffset, rows, size, other, out, outOffset);
              };
            });
    assertThat(worst(findings, Check.PHASES).reason()).contains("allowed 1.0e-10");
  }

  @Test
  void whatAVariantThrowsIsItsFailure() {
    List<RepeatFinding> findings =
        check(
            _ ->
                (x, xOffset, w, wOffset, rows, size, epsilon, out, outOffset) -> {
                  throw new ArithmeticException("out of luck");
                });
    assertThat(findings).singleElement();
    assertThat(worst(findings, Check.TWICE).reason()).contains("out of luck");
  }
}
