package dev.llamark.verify.repeat;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.Llama;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.Headline;
import dev.llamark.verify.model.ModelComparison;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.repeat.RepeatFinding.Check;
import dev.llamark.verify.trace.Trace;
import dev.llamark.verify.trace.TracedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs a variant again in this JVM: the same, opened anew, on other numbers of threads. */
public final class SameJvm {

  /** Both ways of a task through a model. */
  record Both(Trace prefill, Trace decode) {

    static Both of(Llama llama, ModelTask task) {
      TracedRun run = new TracedRun(llama, task);
      return new Both(run.prefill().trace(), run.decode().trace());
    }
  }

  /** The same model, and opened anew. */
  private static final int FINDINGS_BEFORE_THREADS = 2;

  private final KernelRegistry registry;
  private final ModelSource source;
  private final ModelTask task;
  private final double allowed;

  /**
   * @param source must stay open
   * @param allowed NMSE between a prefill and a decode
   */
  public SameJvm(KernelRegistry registry, ModelSource source, ModelTask task, double allowed) {
    this.registry = registry;
    this.source = source;
    this.task = task;
    this.allowed = allowed;
  }

  /** All checks of one variant; what its kernels throw is a failure. */
  public List<RepeatFinding> check(Variant variant, List<Integer> threads) {
    List<RepeatFinding> findings = new ArrayList<>();
    try {
      run(variant, threads, findings);
    } catch (LlamarkException | OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      findings.add(threw(variant, threads, findings.size(), e));
    }
    return findings;
  }

  /** What was thrown after so many findings, which come in a fixed order. */
  private static RepeatFinding threw(
      Variant variant, List<Integer> threads, int findings, Throwable thrown) {
    int count = findings - FINDINGS_BEFORE_THREADS + 1;
    boolean ofThreads = count >= 1 && count < threads.size();
    return RepeatFinding.without(
        ofThreads ? Check.THREADS : Check.TWICE,
        variant,
        ofThreads ? Headline.counted(threads.get(count), "thread") : "the same model",
        new Verdict.Fail("threw " + thrown));
  }

  private void run(Variant variant, List<Integer> threads, List<RepeatFinding> findings) {
    Both first;
    try (ThreadTeam team = new ThreadTeam(threads.getFirst());
        Kernels kernels = registry.open(variant.id(), team)) {
      Optional<String> refused =
          ModelComparison.unsupported(source.weights(), kernels)
              .map(dtype -> "%s has no MatMul for %s".formatted(variant.id(), dtype.id()));
      if (refused.isPresent()) {
        findings.add(
            RepeatFinding.without(
                Check.TWICE, variant, "the same model", new Verdict.Skipped(refused.get())));
        return;
      }
      try (Llama llama = Llama.of(source.config(), source.weights(), kernels)) {
        first = Both.of(llama, task);
        findings.add(
            RepeatFinding.worst(
                Check.TWICE, variant, "the same model", first, Both.of(llama, task), allowed));
      }
    }
    Both anew = once(registry, source, task, variant.id(), threads.getFirst());
    findings.add(RepeatFinding.worst(Check.TWICE, variant, "opened anew", first, anew, allowed));
    for (int count : threads.subList(1, threads.size())) {
      String how = Headline.counted(count, "thread") + " to " + threads.getFirst();
      Both other = once(registry, source, task, variant.id(), count);
      findings.add(RepeatFinding.worst(Check.THREADS, variant, how, first, other, allowed));
    }
    findings.add(
        RepeatFinding.of(
            Check.PHASES, variant, "decode to prefill", first.prefill(), first.decode(), allowed));
  }

  /** Opens a variant and runs it. */
  static Both once(
      KernelRegistry registry, ModelSource source, ModelTask task, String id, int threads) {
    try (ThreadTeam team = new ThreadTeam(threads);
        Kernels kernels = registry.open(id, team);
        Llama llama = Llama.of(source.config(), source.weights(), kernels)) {
      return Both.of(llama, task);
    }
  }
}
