package dev.llamark.bench.ops;

import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.machine.Caches;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Progress;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A run of {@code bench ops}. */
final class OpBench {

  private final VariantOptions variants;
  private final TimingOptions timing;
  private final OutputOptions output;
  private final KernelRegistry registry;
  private final List<Variant> selected;
  private final List<OpCase> cases;
  private final List<OpRecord> records = new ArrayList<>();
  private final List<OpRun.Failure> failures = new ArrayList<>();
  private final JmhJson jmh = new JmhJson();

  OpBench(
      VariantOptions variants, OpSelection selection, TimingOptions timing, OutputOptions output) {
    this.variants = variants;
    this.timing = timing;
    this.output = output;
    registry = variants.registry();
    selected = variants.selected(registry);
    cases = selection.cases(timing.quick());
  }

  /** Prints the cases and how long they would take. */
  void list() {
    cases.forEach(c -> System.out.println(c.id()));
    long seconds = estimate().toSeconds();
    System.out.printf(
        "%d cases x %d variants and roof x %d forks: at least %d min %02d s%n",
        cases.size() * variants.threads().size(),
        selected.size(),
        timing.rule().least(),
        seconds / 60,
        seconds % 60);
  }

  private Duration estimate() {
    long forks =
        (long) cases.size()
            * variants.threads().size()
            * (selected.size() + 1)
            * timing.rule().least();
    return timing.opTiming().expected().multipliedBy(forks);
  }

  /** The rows that were finished. */
  List<OpRecord> records() {
    return records;
  }

  /** Runs all and prints the table. */
  ExitCode run() {
    Environment env = Environment.collect(output.seed());
    if (output.text()) {
      System.out.println(Headline.text(env, variants.mostThreads()));
      System.out.println();
    }
    try (JmhForks forks = new JmhForks(timing.opTiming());
        OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal()) {
      measure(forks, sink, progress, env);
    }
    print();
    return exitCode();
  }

  private void measure(
      JmhForks forks, OutputOptions.Sink sink, Progress progress, Environment env) {
    OpRun run =
        new OpRun(
            Caches.detect(),
            RoofBenchmark.probe().isPresent(),
            ForkArgs.of(timing, variants, output.seed()),
            timing.profilers());
    Duration budget = timing.budget();
    long start = System.nanoTime();
    int done = 0;
    int all = cases.size() * variants.threads().size();
    for (int threads : variants.threads()) {
      for (OpCase opCase : cases) {
        Duration left = budget.minusNanos(System.nanoTime() - start).dividedBy(all - done);
        PairedRun paired = new PairedRun(forks, timing.rule(), left);
        String place = "%d of %d · ".formatted(++done, all);
        List<Variant> able = selected.stream().filter(v -> does(v, opCase)).toList();
        OpRun.Result result =
            run.run(
                opCase,
                able,
                threads,
                paired,
                env.refreshed(),
                what -> progress.show(place + what));
        result.records().forEach(sink);
        records.addAll(result.records());
        failures.addAll(result.failures());
        jmh.add(result.rounds());
        output.file().ifPresent(file -> jmh.write(JmhJson.beside(file)));
      }
    }
  }

  /** Whether the variant has the operation as its own, and for the type of the weights. */
  private boolean does(Variant variant, OpCase opCase) {
    try (ThreadTeam team = ThreadTeam.single();
        Kernels kernels = registry.open(variant.id(), team)) {
      DType dtype = opCase.id().dtype();
      boolean own = !kernels.inherited().containsKey(opCase.id().operation());
      return switch (opCase.id().operation()) {
        case MATMUL -> own && kernels.matMul().supports(dtype);
        case RMSNORM, ROPE, ATTENTION, SWIGLU -> own;
      };
    }
  }

  private void print() {
    if (!records.isEmpty() && output.format() != OutputOptions.Format.JSON) {
      OpTable table = new OpTable(selected.getFirst().id());
      records.forEach(table::add);
      System.out.println(output.text() ? table.text() : table.markdown());
    }
    for (OpRun.Failure failure : failures) {
      System.err.printf(
          "%s · %s: %s%n%s%n%n",
          failure.variant().title(),
          failure.opCase().id(),
          failure.what().reason(),
          failure.what().output().indent(4).stripTrailing());
    }
  }

  private ExitCode exitCode() {
    if (failures.stream().anyMatch(failure -> failure.variant().role() == Role.VARIANT)) {
      return ExitCode.WRONG;
    }
    return records.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK;
  }
}
