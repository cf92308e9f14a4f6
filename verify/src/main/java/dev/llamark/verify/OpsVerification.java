package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Operation;
import dev.llamark.kernel.Role;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.CaseResult;
import dev.llamark.oracle.Conformance;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Runs the conformance cases on one variant after the other. */
final class OpsVerification {

  private static final int SMALLEST_TEAM = 2;

  /**
   * One variant's results.
   *
   * @param inherited operations that come from another variant, with its id
   * @param fault why the variant could not be opened, if so, which skips all its cases, or could
   *     not be closed
   */
  record VariantResults(
      Variant variant,
      Map<Operation, String> inherited,
      List<CaseResult> results,
      Optional<LlamarkException> fault) {

    boolean gates() {
      return variant.role() != Role.PEER;
    }

    List<CaseResult> of(Operation operation) {
      return results.stream().filter(r -> r.id().operation() == operation).toList();
    }

    /** The failed cases of an operation, the simplest first, as the list has them. */
    List<CaseResult> failed(Operation operation) {
      return of(operation).stream()
          .filter(r -> r.judgement().verdict() instanceof Verdict.Fail)
          .toList();
    }

    /** Largest error ÷ bound of an operation; empty if nothing ran. */
    Optional<Double> maxRatio(Operation operation) {
      return of(operation).stream()
          .filter(r -> !(r.judgement().verdict() instanceof Verdict.Skipped))
          .map(r -> r.judgement().maxRatioToBound())
          .max(Comparator.naturalOrder());
    }
  }

  private final KernelRegistry registry;
  private final int threads;
  private final Progress progress;

  /**
   * @param threads of the team; results on it must equal those of one thread, so at least two run
   */
  OpsVerification(KernelRegistry registry, int threads, Progress progress) {
    this.registry = registry;
    this.threads = Math.max(SMALLEST_TEAM, threads);
    this.progress = progress;
  }

  /** Runs all cases; {@code each} sees every result as it comes. */
  VariantResults run(Variant variant, List<CaseId> cases, BiConsumer<Variant, CaseResult> each) {
    Conformance opened;
    try {
      opened = new Conformance(registry, variant.id(), threads);
    } catch (LlamarkException e) {
      return unopened(variant, cases, each, e);
    }
    List<CaseResult> results = new ArrayList<>();
    try {
      for (CaseId id : cases) {
        progress.show(
            "%s · %s · %d of %d"
                .formatted(
                    variant.title(), id.operation().title(), results.size() + 1, cases.size()));
        CaseResult result = opened.check(id);
        results.add(result);
        each.accept(variant, result);
      }
    } catch (RuntimeException | Error e) {
      try (opened) {
        throw e;
      }
    }
    return new VariantResults(variant, opened.kernels().inherited(), results, close(opened));
  }

  /** What was found counts, however a variant ends. */
  private static Optional<LlamarkException> close(Conformance conformance) {
    try {
      conformance.close();
      return Optional.empty();
    } catch (LlamarkException e) {
      return Optional.of(e);
    }
  }

  /** The variants after it go on. */
  private static VariantResults unopened(
      Variant variant,
      List<CaseId> cases,
      BiConsumer<Variant, CaseResult> each,
      LlamarkException why) {
    Judgement skipped = Judgement.skipped(why.getMessage());
    List<CaseResult> results = cases.stream().map(id -> new CaseResult(id, skipped, 0)).toList();
    results.forEach(result -> each.accept(variant, result));
    return new VariantResults(variant, Map.of(), results, Optional.of(why));
  }
}
