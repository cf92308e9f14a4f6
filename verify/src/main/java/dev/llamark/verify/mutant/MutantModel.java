package dev.llamark.verify.mutant;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Operation;
import dev.llamark.model.LlamaConfig;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.model.ModelComparison;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.model.Steps.Step;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.mutant.MutantFinding.Stage;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The stage of the whole model: the comparison of a model run on a mutant. */
public final class MutantModel {

  /** Enough for the probe's scaled frequencies to matter. */
  private static final int POSITIONS = 48;

  private final KernelRegistry registry;
  private final ModelReference reference;
  private final ThreadTeam team;
  private final Consumer<String> progress;

  private MutantModel(
      KernelRegistry registry,
      ModelReference reference,
      ThreadTeam team,
      Consumer<String> progress) {
    this.registry = registry;
    this.reference = reference;
    this.team = team;
    this.progress = progress;
  }

  /**
   * Runs the references, once for all mutants.
   *
   * @param registry where the base of the mutants is found
   * @param source a model shaped to show faults, such as {@code synthetic:probe}; must stay open
   * @param seed of the tokens
   * @param progress told what is being done
   * @throws EnvironmentException if ONNX Runtime cannot run here
   */
  public static MutantModel of(
      KernelRegistry registry,
      ModelSource source,
      long seed,
      ThreadTeam team,
      Consumer<String> progress) {
    ModelTask task = ModelTask.of(ModelTask.randomTokens(source.config(), POSITIONS, seed));
    ModelReference reference = ModelReference.compute(source, task, team, progress);
    return new MutantModel(registry, reference, team, progress);
  }

  /** Runs the stage on one mutant. */
  public MutantFinding check(Mutant mutant) {
    VariantResult result = compare(mutant);
    double margin =
        result.phases().stream()
            .mapToDouble(phase -> phase.judged().nmse() / phase.gate().nmse())
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    if (!(result.verdict() instanceof Verdict.Fail)) {
      return new MutantFinding(mutant, Stage.MODEL, Set.of(), Optional.empty(), margin);
    }
    Optional<Step> enters = result.decisiveSteps().first();
    Set<Operation> wrong = enters.flatMap(Step::operation).stream().collect(Collectors.toSet());
    String by = enters.map(step -> step.point().title()).orElse("no single step");
    return new MutantFinding(mutant, Stage.MODEL, wrong, Optional.of(by), margin);
  }

  private VariantResult compare(Mutant mutant) {
    if (mutant.config().isPresent()) {
      LlamaConfig wrong = mutant.config().get().apply(reference.source().config());
      return new ModelComparison(reference, wrong, progress).check(registry, Mutants.BASE, team);
    }
    return new ModelComparison(reference, progress)
        .check(registry.with(mutant.provider()), mutant.provider().id(), team);
  }
}
