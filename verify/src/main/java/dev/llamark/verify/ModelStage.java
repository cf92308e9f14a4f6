package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.Progress;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.ModelComparison;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.model.Substitution;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.usergraph.GraphCheck;
import dev.llamark.verify.usergraph.GraphFinding;
import dev.llamark.verify.usergraph.UserGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The part of {@code verify} that looks at a whole model. */
final class ModelStage {

  /**
   * One variant in the model.
   *
   * @param variant as the registry found it
   * @param result what the comparison found
   * @param substitutions each operation swapped for the oracle's; empty if that was not asked for
   * @param fault why the variant could not be opened or closed, if so
   */
  record ModelResult(
      Variant variant,
      VariantResult result,
      List<Substitution> substitutions,
      Optional<LlamarkException> fault) {

    boolean gates() {
      return variant.role() != Role.PEER;
    }

    private ModelResult with(List<Substitution> tried) {
      return new ModelResult(variant, result, tried, fault);
    }
  }

  /** The variant whose operations are right. */
  private static final String ORACLE = "oracle";

  private final KernelRegistry registry;
  private final List<Variant> variants;
  private final int threads;

  ModelStage(KernelRegistry registry, List<Variant> variants, int threads) {
    this.registry = registry;
    this.variants = variants;
    this.threads = threads;
  }

  /**
   * Runs the references, then one variant after the other.
   *
   * @param onnx the user's own graph of the model, as the reference
   * @param substitute whether to look which operation of a failing variant is at fault
   * @param each sees every result as it comes
   * @throws dev.llamark.run.EnvironmentException if ONNX Runtime cannot run here
   */
  ModelReport run(
      ModelSource source,
      ModelTask task,
      Optional<Path> onnx,
      boolean substitute,
      BiConsumer<ModelReference, ModelResult> each) {
    List<ModelResult> results = new ArrayList<>();
    try (Progress progress = Progress.onTerminal();
        ThreadTeam team = new ThreadTeam(threads)) {
      Optional<Judged> judged = onnx.map(file -> judged(source, task, file, team, progress));
      ModelReference reference =
          judged
              .map(Judged::reference)
              .orElseGet(() -> ModelReference.compute(source, task, team, progress::show));
      ModelComparison comparison = new ModelComparison(reference, progress::show);
      for (Variant variant : variants) {
        ModelResult result = check(comparison, variant, team);
        if (substitute
            && result.fault().isEmpty()
            && result.result().verdict() instanceof Verdict.Fail) {
          result =
              result.with(
                  new Substitution.Trial(reference, progress::show)
                      .run(registry, variant.id(), ORACLE, team));
        }
        results.add(result);
        each.accept(reference, result);
      }
      return new ModelReport(reference, results, judged.map(Judged::finding));
    }
  }

  /**
   * What one variant makes of it; one that cannot be opened is skipped, and the next ones go on.
   */
  private ModelResult check(ModelComparison comparison, Variant variant, ThreadTeam team) {
    WithKernels<VariantResult> checked =
        WithKernels.of(
            registry,
            variant,
            team,
            kernels -> comparison.check(kernels, registry.arithmetic(kernels)));
    VariantResult result =
        checked.found().orElseGet(() -> skipped(variant, checked.fault().orElseThrow()));
    return new ModelResult(variant, result, List.of(), checked.fault());
  }

  private static VariantResult skipped(Variant variant, LlamarkException why) {
    return VariantResult.without(variant.id(), new Verdict.Skipped(why.getMessage()));
  }

  /** A user's graph as the reference, and whether it is the model at all. */
  private record Judged(ModelReference reference, GraphFinding finding) {}

  private static Judged judged(
      ModelSource source, ModelTask task, Path file, ThreadTeam team, Progress progress) {
    ModelReference.requireOracle(source, task);
    try (UserGraph graph = UserGraph.read(source, task, file)) {
      ModelReference reference = ModelReference.compute(source, task, graph, team, progress::show);
      return new Judged(reference, new GraphCheck(reference, graph, team, progress::show).run());
    }
  }
}
