package dev.llamark.bench.machine;

import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.ops.TimingOptions;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.run.Environment;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ExitCode;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.MachineRecord;
import dev.llamark.run.Progress;
import dev.llamark.run.TextTable;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  private static final int FORKS = 3;
  private static final int NOISE_FORKS = 5;

  @Mixin private TimingOptions timing;
  @Mixin private OutputOptions output;

  @Option(
      names = {"-t", "--threads"},
      split = ",",
      paramLabel = "N",
      description = "Threads; by default 1 and all processors.")
  private List<Integer> threads = List.of();

  @Override
  public Integer call() {
    MachineProbe probe =
        RoofBenchmark.probe()
            .orElseThrow(
                () ->
                    new EnvironmentException(
                        "no probe can run: the module jdk.incubator.vector is not loaded; start"
                            + " Java with --add-modules jdk.incubator.vector"));
    Environment env = Environment.collect(output.seed());
    if (output.text()) {
      System.out.println(Headline.text(env, counts().getLast()) + "\n");
    }
    List<MachineRecord> records = new ArrayList<>();
    try (JmhForks forks = new JmhForks(timing.opTiming());
        OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal()) {
      new MachineBench(
              paired(forks, timing.quick() ? 1 : FORKS),
              paired(forks, NOISE_FORKS),
              Caches.detect(),
              timing.jvmArgs(),
              probe,
              env,
              result -> {
                sink.accept(result);
                records.add(result);
              },
              progress::show)
          .run(counts());
    }
    print(records);
    return ExitCode.OK.code();
  }

  private PairedRun paired(JmhForks forks, int count) {
    return new PairedRun(forks, new StoppingRule(count, count, 1), timing.budget());
  }

  private List<Integer> counts() {
    return threads.isEmpty()
        ? IntStream.of(1, Runtime.getRuntime().availableProcessors()).distinct().boxed().toList()
        : threads;
  }

  private void print(List<MachineRecord> records) {
    TextTable table =
        new TextTable("probe", "level", "threads", "value", "", "forks").alignRight(2, 3, 5);
    for (MachineRecord result : records) {
      table.row(
          result.probe(),
          result.level() == null ? "" : result.level(),
          String.valueOf(result.threads()),
          String.format(Locale.ROOT, "%.4g", result.value().median()),
          result.unit(),
          String.valueOf(result.value().forks().length));
    }
    switch (output.format()) {
      case TEXT -> System.out.println(table.text());
      case MD -> System.out.println(table.markdown());
      case JSON -> {}
    }
  }
}
