package dev.llamark.verify.mutant;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Operation;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.CaseResult;
import dev.llamark.oracle.Conformance;
import dev.llamark.oracle.Verdict;
import dev.llamark.verify.mutant.MutantFinding.Stage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The stage of operations: the conformance run on a mutant. The control runs all cases; a mutant
 * those that are quickly done, of all operations.
 */
public final class MutantOps {

  private static final int THREADS = 2;

  /** Product of the sizes of a case that is quickly done. */
  private static final long QUICK = 1 << 18;

  private final KernelRegistry registry;

  /**
   * @param registry where the base of the mutants is found
   */
  public MutantOps(KernelRegistry registry) {
    this.registry = registry;
  }

  /** Runs the stage on one mutant. */
  public MutantFinding check(Mutant mutant) {
    KernelRegistry withMutant = registry.with(mutant.provider());
    List<CaseResult> results = new ArrayList<>();
    try (Conformance conformance = new Conformance(withMutant, mutant.provider().id(), THREADS)) {
      conformance.cases().stream()
          .filter(id -> mutant.control() || quick(id))
          .map(conformance::check)
          .forEach(results::add);
    }
    return finding(mutant, results);
  }

  private static boolean quick(CaseId id) {
    long product = 1;
    for (int size : id.shape()) {
      product *= Math.max(1, size);
    }
    return product <= QUICK;
  }

  private static MutantFinding finding(Mutant mutant, List<CaseResult> results) {
    List<CaseResult> failed =
        results.stream().filter(r -> r.judgement().verdict() instanceof Verdict.Fail).toList();
    Set<Operation> wrong = EnumSet.noneOf(Operation.class);
    failed.forEach(r -> wrong.add(r.id().operation()));
    Optional<String> by = failed.stream().map(r -> r.id().toString()).findFirst();
    double margin =
        (failed.isEmpty() ? results : failed)
            .stream()
                .mapToDouble(r -> r.judgement().maxRatioToBound())
                .filter(Double::isFinite)
                .max()
                .orElse(Double.NaN);
    return new MutantFinding(mutant, Stage.OPS, wrong, by, margin);
  }
}
