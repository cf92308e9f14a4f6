package dev.llamark.bench.machine;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.Timing;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.ops.ForkArgs;
import dev.llamark.bench.ops.TimingOptions;
import dev.llamark.bench.report.BenchReport;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.MachineRecord;
import dev.llamark.run.Progress;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark bench machine}. */
@Command(
    name = "machine",
    description = "Find the limits of this machine: arithmetic, bandwidth, threads, clock, noise.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class BenchMachineCommand implements Callable<Integer> {

  /** A probe is one loop that is compiled at once: it needs less time than a kernel. */
  private static final Timing TIMING =
      new Timing(Duration.ofMillis(400), 2, 15, Duration.ofMillis(50), Duration.ofMinutes(1));

  private static final int FORKS = 3;
  private static final int NOISE_FORKS = 5;

  @Mixin private TimingOptions timing;
  @Mixin private OutputOptions output;

  @Option(
      names = "--vector-bits",
      paramLabel = "N",
      description = "Width of vectors: 128, 256 or 512; by default what the CPU prefers.")
  private Integer vectorBits;

  @Option(
      names = {"-t", "--threads"},
      split = ",",
      paramLabel = "N",
      description = "Threads; by default 1 and all processors.")
  private List<Integer> threads = List.of();

  @Override
  public Integer call() {
    if (!timing.profilers().isEmpty()) {
      throw new InputException(
          "--prof: bench machine runs loops of a few instructions, where a profiler finds nothing;"
              + " profile a kernel with 'llamark bench ops --prof'");
    }
    VariantOptions.useVectorBits(vectorBits);
    ForkArgs.requireWidth(timing.jvmArgs());
    MachineProbe probe = RoofBenchmark.requireProbe();
    List<Integer> counts = counts();
    Environment env = Environment.collect(output.seed()).forked(timing.jvmArgs());
    BenchReport report = new BenchReport(output, "llamark bench machine");
    report.headline(Headline.text(env, counts.getLast()));
    List<String> jvmArgs = timing.jvmArgs();
    jvmArgs.addAll(ForkArgs.width());
    List<MachineRecord> records = new ArrayList<>();
    Map<String, ForkResult.Failed> failed;
    try (JmhForks forks = new JmhForks(timing.limited(timing.quick() ? Timing.QUICK_OPS : TIMING));
        OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal()) {
      failed =
          new MachineBench(
                  forks,
                  new MachineBench.Rules(rule(timing.quick() ? 1 : FORKS), rule(NOISE_FORKS)),
                  timing.budget(),
                  Caches.detect(),
                  jvmArgs,
                  probe,
                  env,
                  result -> {
                    sink.accept(result);
                    records.add(result);
                  },
                  progress::show)
              .run(counts);
    }
    print(report, records, failed);
    return (failed.isEmpty() ? ExitCode.OK : ExitCode.ENVIRONMENT).code();
  }

  /** So many forks, if the user did not say otherwise. */
  private StoppingRule rule(int count) {
    return timing.rule(new StoppingRule(count, count, 1));
  }

  private List<Integer> counts() {
    if (threads.stream().anyMatch(count -> count < 1)) {
      throw new InputException("--threads must be at least 1, but is " + threads);
    }
    return threads.isEmpty()
        ? IntStream.of(1, Runtime.getRuntime().availableProcessors()).distinct().boxed().toList()
        : threads.stream().distinct().toList();
  }

  private static void print(
      BenchReport report, List<MachineRecord> records, Map<String, ForkResult.Failed> failed) {
    MachineTable table = new MachineTable();
    records.forEach(table::add);
    report.results(table.text(), table.markdown());
    failed.forEach((title, what) -> report.failed(title, what, true));
    if (!failed.isEmpty()) {
      System.err.printf(
          "%d of the machine's probes did not get through: %s%n",
          failed.size(), String.join(", ", failed.keySet()));
    }
  }
}
