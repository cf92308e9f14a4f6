package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.GoldenFile;
import dev.llamark.verify.model.ModelTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithKernelsTest {

  private static final ModelTask TASK = ModelTask.of(1, 2, 3).withLayers(false);

  private static final String STUCK = "variant 'stuck' cannot be closed: it threw";

  private static final KernelRegistry REGISTRY =
      KernelRegistry.load(WithKernelsTest.class.getClassLoader())
          .with(provider("stuck", Kernels.of("stuck").onClose(WithKernelsTest::fail)))
          .with(provider("void", null));

  @TempDir private static Path folder;

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

  /** A variant that cannot be closed, with this operation. */
  private static KernelRegistry stuck(SwiGlu swiGlu) {
    return REGISTRY.with(
        provider("stuck", Kernels.of("stuck").with(swiGlu).onClose(WithKernelsTest::fail)));
  }

  private static ModelReport compare(KernelRegistry registry, ModelSource source) {
    List<Variant> variants = List.of(registry.variant("stuck"), registry.variant("scalar"));
    return new ModelStage(registry, variants, 1)
        .run(source, TASK, Optional.empty(), true, (_, _) -> {});
  }

  private static Outcome outcome(ModelReport report) {
    Outcome outcome = new Outcome();
    report.addTo(outcome);
    return outcome;
  }

  @Test
  void modelOfAVariantThatCannotBeClosedHasItsVerdictAndTheFault() {
    try (ModelSource source = SyntheticSource.of("synthetic:probe")) {
      ModelReport report = compare(REGISTRY, source);
      assertThat(report.results())
          .allMatch(result -> result.result().verdict() instanceof Verdict.Pass);
      Outcome outcome = outcome(report);
      assertThat(outcome.text(0)).startsWith("INCOMPLETE: " + STUCK).contains("stuck, scalar pass");
      assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void oneThatIsWrongAndCannotBeClosedIsNotOpenedAgainForSubstitution() {
    SwiGlu nothing = (gate, gateOffset, up, upOffset, size, out, outOffset) -> {};
    try (ModelSource source = SyntheticSource.of("synthetic:probe")) {
      ModelReport report = compare(stuck(nothing), source);
      assertThat(report.results().getFirst().result().verdict()).isInstanceOf(Verdict.Fail.class);
      assertThat(report.results().getFirst().substitutions()).isEmpty();
      Outcome outcome = outcome(report);
      assertThat(outcome.text(0)).startsWith("FAIL: ").contains(STUCK, "scalar passes");
      assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void goldenFilesTakeTheOthersAndAreHeldAgainstOneThatCannotBeClosed() {
    List<Variant> variants = List.of(REGISTRY.variant("stuck"), REGISTRY.variant("scalar"));
    GoldenStage stage = new GoldenStage(REGISTRY, variants, 1, Environment.collect(1));
    Path file = folder.resolve("golden.json");
    try (ModelSource source = SyntheticSource.of("synthetic:probe")) {
      Outcome saved = new Outcome();
      stage.save(source, TASK, compare(REGISTRY, source), file, saved);
      Golden golden = GoldenFile.read(file);
      assertThat(golden.runs()).extracting(run -> run.maker().variant()).containsExactly("scalar");
      Outcome outcome = new Outcome();
      stage.run(golden, file, source, id -> id, _ -> {}).addTo(outcome);
      assertThat(outcome.text(0)).startsWith("INCOMPLETE: " + STUCK).contains("stuck, scalar pass");
      assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.USAGE);
    }
  }
}
