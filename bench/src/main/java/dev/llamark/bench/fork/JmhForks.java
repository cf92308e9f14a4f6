package dev.llamark.bench.fork;

import dev.llamark.bench.op.Allocation;
import dev.llamark.bench.op.Verified;
import dev.llamark.bench.op.WarmUp;
import dev.llamark.bench.statistics.Median;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Forks of JMH's {@link Runner}, each called with one fork. JMH cannot end a fork whose benchmark
 * never returns, so a fork that outlives its limit is killed from here, as are all when this JVM
 * ends.
 */
public final class JmhForks implements Forks, AutoCloseable {

  /** What every JVM that runs llamark needs; given again, for the parent may be a test. */
  private static final List<String> FLAGS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** The last iterations' time over the first ones' of a fork that was not yet compiled. */
  private static final double SETTLED = 0.6;

  private static final String ALLOCATION = "gc.alloc.rate.norm";

  private final Timing timing;
  private final Thread reaper = new Thread(this::killForks, "llamark-reaper");

  /** Processes that are none of ours. */
  private final Set<ProcessHandle> others =
      ProcessHandle.current().descendants().collect(Collectors.toSet());

  /** Time of a call in the last fork of each. */
  private final Map<ForkSpec, Double> nanos = new HashMap<>();

  public JmhForks(Timing timing) {
    this.timing = timing;
    System.setProperty("jmh.ignoreLock", "true"); // a shard may run beside
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /** All processes that were started since: one runs at a time. */
  private void killForks() {
    ProcessHandle.current()
        .descendants()
        .filter(process -> !others.contains(process))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** A fork that was not warm when it was timed is run again, once; then it is said to be so. */
  @Override
  public ForkResult run(ForkSpec spec) {
    ForkResult result = once(spec);
    if (result instanceof ForkResult.Measured measured && !measured.warm()) {
      result = once(spec);
    }
    if (result instanceof ForkResult.Measured measured) {
      nanos.put(spec, measured.nanos());
      printProfiles(spec, measured.jmh());
    }
    return result;
  }

  /** What profilers found that is a text: JMH's own report holds numbers alone. */
  private static void printProfiles(ForkSpec spec, BenchmarkResult jmh) {
    jmh.getSecondaryResults().values().stream()
        .filter(found -> Double.isNaN(found.getScore()))
        .map(found -> spec.title() + " · " + found.getLabel() + "\n" + found.extendedInfo())
        .forEach(System.err::println);
  }

  private ForkResult once(ForkSpec spec) {
    CapturedOutput output = new CapturedOutput();
    CompletableFuture<Boolean> hung =
        new CompletableFuture<Boolean>()
            .completeOnTimeout(true, timing.limit().toMillis(), TimeUnit.MILLISECONDS);
    hung.thenAccept(
        late -> {
          if (late) {
            killForks();
          }
        });
    PrintStream out = System.out;
    PrintStream err = System.err;
    PrintStream captured = output.stream(); // JMH repeats there what the fork prints
    System.setOut(captured);
    System.setErr(captured);
    try {
      Collection<RunResult> results = new Runner(options(spec), output).run();
      boolean late = !hung.complete(false);
      return late ? hangs(output) : result(results, output);
    } catch (RunnerException e) {
      boolean late = !hung.complete(false);
      return late ? hangs(output) : new ForkResult.Failed(reason(e, output), output.tail());
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private ForkResult hangs(CapturedOutput output) {
    return new ForkResult.Failed(
        "hung: it was killed after %d s".formatted(timing.limit().toSeconds()), output.tail());
  }

  private org.openjdk.jmh.runner.options.Options options(ForkSpec spec) {
    Timing timing = this.timing.forCalls(nanos.getOrDefault(spec, 0.0));
    List<String> jvmArgs = new ArrayList<>(FLAGS);
    jvmArgs.add("-D%s=%d".formatted(WarmUp.LEAST, timing.warmUp().toMillis()));
    jvmArgs.addAll(spec.jvmArgs());
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(spec.benchmark().pattern())
            .forks(1)
            .warmupIterations(timing.warmups())
            .warmupTime(TimeValue.nanoseconds(timing.iteration().toNanos()))
            .measurementIterations(timing.iterations())
            .measurementTime(TimeValue.nanoseconds(timing.iteration().toNanos()))
            .timeout(TimeValue.nanoseconds(timing.limit().toNanos()))
            .jvmArgsAppend(jvmArgs.toArray(String[]::new))
            .shouldFailOnError(true)
            .addProfiler(GCProfiler.class);
    spec.java().map(Path::toString).ifPresent(options::jvm);
    for (Map.Entry<String, String> parameter : spec.parameters().entrySet()) {
      options.param(parameter.getKey(), parameter.getValue());
    }
    for (String profiler : spec.profilers()) {
      String[] nameAndOptions = profiler.split(":", 2);
      options.addProfiler(nameAndOptions[0], nameAndOptions.length > 1 ? nameAndOptions[1] : "");
    }
    return options.build();
  }

  private static ForkResult result(Collection<RunResult> results, CapturedOutput output) {
    Optional<BenchmarkResult> measured =
        results.stream().flatMap(run -> run.getBenchmarkResults().stream()).findFirst();
    if (measured.isEmpty()) {
      return new ForkResult.Failed(reason(null, output), output.tail());
    }
    BenchmarkResult jmh = measured.get();
    return new ForkResult.Measured(
        median(jmh),
        Allocation.of(output.text()).orElseGet(() -> allocated(jmh)),
        settled(jmh) && !WarmUp.wasCut(output.text()),
        output.text(),
        jmh);
  }

  /**
   * The median of the fork's iterations: a neighbour's burst that lasts for less than half of them
   * does not count.
   */
  private static double median(BenchmarkResult jmh) {
    return Median.of(scores(jmh));
  }

  private static double[] scores(BenchmarkResult jmh) {
    return jmh.getIterationResults().stream()
        .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
        .toArray();
  }

  /** Whether the last third of the iterations is about as slow as the first. */
  static boolean settled(BenchmarkResult jmh) {
    double[] scores = scores(jmh);
    int third = scores.length / 3;
    return third == 0
        || Median.of(Arrays.copyOfRange(scores, scores.length - third, scores.length))
            > SETTLED * Median.of(Arrays.copyOf(scores, third));
  }

  @SuppressWarnings("rawtypes") // JMH's Result
  private static double allocated(BenchmarkResult jmh) {
    return jmh.getSecondaryResults().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(ALLOCATION))
        .mapToDouble(entry -> entry.getValue().getScore())
        .findFirst()
        .orElse(Double.NaN);
  }

  private static String reason(RunnerException e, CapturedOutput output) {
    return Verified.wrong(output.text())
        .or(output::exitCode)
        .orElseGet(
            () ->
                e == null
                    ? "crashed"
                    : "failed: " + (e.getCause() == null ? e : e.getCause()).getMessage());
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(reaper);
  }
}
