package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.ModelTask;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WithKernelsTest {

  private static final String STUCK = "variant 'stuck' cannot be closed: it threw";

  private static final KernelRegistry REGISTRY =
      KernelRegistry.load(WithKernelsTest.class.getClassLoader())
          .with(provider("stuck", Kernels.of("stuck").onClose(WithKernelsTest::fail)))
          .with(provider("void", null));

  private static void fail() {
    throw new IllegalStateException("stuck");
  }

  /** A provider that gives these kernels, or none. */
  private static KernelProvider provider(String id, Kernels kernels) {
    return new KernelProvider() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public Kernels create(ThreadTeam team) {
        return kernels;
      }
    };
  }

  private static <T> WithKernels<T> with(String id, Function<Kernels, T> check) {
    return WithKernels.of(REGISTRY, REGISTRY.variant(id), ThreadTeam.single(), check);
  }

  @Test
  void findingsOfAVariantThatCannotBeClosedCount() {
    WithKernels<Integer> checked = with("stuck", _ -> 7);
    assertThat(checked.found()).contains(7);
    assertThat(checked.fault()).get().asString().contains(STUCK);
  }

  @Test
  void variantThatCannotBeOpenedIsAFaultWithoutFindings() {
    WithKernels<Integer> checked = with("void", _ -> 7);
    assertThat(checked.found()).isEmpty();
    assertThat(checked.fault()).get().asString().contains("'void' cannot be opened");
  }

  @Test
  void whatACheckFindsWrongWithTheVariantIsTold() {
    InputException fault = new InputException("no such operation");
    WithKernels<Integer> checked =
        with(
            "scalar",
            _ -> {
              throw fault;
            });
    assertThat(checked.found()).isEmpty();
    assertThat(checked.fault()).contains(fault);
  }

  @Test
  void errorsOfACheckArePassedOn() {
    assertThatThrownBy(
            () ->
                with(
                    "scalar",
                    _ -> {
                      throw new IllegalStateException("ours");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("ours");
  }

  @Test
  void modelOfAVariantThatCannotBeClosedHasItsVerdictAndTheFault() {
    List<Variant> variants = List.of(REGISTRY.variant("stuck"), REGISTRY.variant("scalar"));
    try (ModelSource source = SyntheticSource.of("synthetic:probe")) {
      ModelTask task = ModelTask.of(1, 2, 3).withLayers(false);
      ModelReport report =
          new ModelStage(REGISTRY, variants, 1)
              .run(source, task, Optional.empty(), false, (_, _) -> {});
      assertThat(report.results())
          .allMatch(result -> result.result().verdict() instanceof Verdict.Pass);
      Outcome outcome = new Outcome();
      report.addTo(outcome);
      assertThat(outcome.text(0)).startsWith("INCOMPLETE: " + STUCK).contains("stuck, scalar pass");
      assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.USAGE);
    }
  }
}
