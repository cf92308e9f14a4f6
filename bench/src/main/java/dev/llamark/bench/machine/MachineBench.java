package dev.llamark.bench.machine;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.Forks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.op.RegionBenchmark;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.Median;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.run.Environment;
import dev.llamark.run.Interval;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.MachineRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/** The probes, one after the other. */
final class MachineBench {

  /** Successive readings of the clock among which the smallest step is looked for. */
  private static final int CLOCK_READINGS = 100_000;

  private static final int CLOCK_SAMPLES = 5;

  /** Of how surely a probe is known, and of how surely two equal ones are told to be equal. */
  record Rules(StoppingRule probe, StoppingRule noise) {}

  private final Forks forks;
  private final Rules rules;
  private final Duration budget;
  private final Caches caches;
  private final List<String> jvmArgs;
  private final MachineProbe probe;
  private final Environment env;
  private final Consumer<MachineRecord> sink;
  private final Consumer<String> progress;
  private final SequencedMap<String, ForkResult.Failed> failed = new LinkedHashMap<>();

  /**
   * @param budget of all probes together
   * @param jvmArgs of every fork
   * @param probe what the forks will use
   */
  MachineBench(
      Forks forks,
      Rules rules,
      Duration budget,
      Caches caches,
      List<String> jvmArgs,
      MachineProbe probe,
      Environment env,
      Consumer<MachineRecord> sink,
      Consumer<String> progress) {
    this.forks = forks;
    this.rules = rules;
    this.budget = budget;
    this.caches = caches;
    this.jvmArgs = jvmArgs;
    this.probe = probe;
    this.env = env;
    this.sink = sink;
    this.progress = progress;
  }

  /**
   * What is measured in forks: one contender, or two that are the same.
   *
   * @param name as records have it
   * @param level that holds the data, null if there is none
   * @param bytes of the data, null if there are none
   * @param figure of one call's nanoseconds, or of the ratio of two calls'
   */
  private record Row(
      String name,
      String level,
      Long bytes,
      int threads,
      String unit,
      List<ForkSpec> contenders,
      DoubleUnaryOperator figure) {}

  /**
   * Runs all.
   *
   * @return the probes that did not get through, by title
   */
  SequencedMap<String, ForkResult.Failed> run(List<Integer> threadCounts) {
    sink.accept(record("vector-width", null, null, 1, "bits", one(probe.vectorBits())));
    sink.accept(record("timer", null, null, 1, "ns", interval(clockSteps())));
    List<Row> rows = new ArrayList<>();
    threadCounts.forEach(threads -> rows.addAll(rows(threads)));
    rows.add(noise("fma", null, caches.within(1, 1)));
    rows.add(noise("read", Caches.MEMORY, caches.cold()));
    long start = System.nanoTime();
    for (int done = 0; done < rows.size(); done++) {
      Duration left =
          budget.minusNanos(System.nanoTime() - start).dividedBy((long) rows.size() - done);
      String place = "%d of %d · ".formatted(done + 1, rows.size());
      measure(rows.get(done), left, what -> progress.accept(place + what));
    }
    return failed;
  }

  private List<Row> rows(int threads) {
    List<Row> rows = new ArrayList<>();
    rows.add(limit("fma", null, caches.within(1, 1), threads));
    for (String limit : List.of("read", "write", "copy", "add")) {
      for (int level : caches.bytes().keySet()) {
        rows.add(limit(limit, "L" + level, caches.within(level, threads), threads));
      }
      rows.add(limit(limit, Caches.MEMORY, caches.cold(), threads));
    }
    rows.add(region(threads));
    return rows;
  }

  private Row limit(String limit, String level, long bytes, int threads) {
    double work = RoofBenchmark.work(limit, bytes, threads);
    boolean fma = limit.equals("fma");
    return new Row(
        fma ? "fma-peak" : limit,
        level,
        fma ? null : bytes,
        threads,
        fma ? "GFLOP/s" : "GB/s",
        List.of(spec(limit, level, bytes, threads, "")),
        nanos -> work / nanos);
  }

  private ForkSpec spec(String limit, String level, long bytes, int threads, String mark) {
    String title = limit + (level == null ? "" : " " + level) + " · " + threads + " t" + mark;
    return RoofBenchmark.spec(title, limit, bytes, threads, jvmArgs);
  }

  private Row region(int threads) {
    ForkSpec spec =
        new ForkSpec(
            "region · " + threads + " t",
            new ForkSpec.Method(RegionBenchmark.class, "region"),
            Map.of("threads", String.valueOf(threads)),
            jvmArgs,
            List.of());
    return new Row("region", null, null, threads, "ns", List.of(spec), nanos -> nanos);
  }

  /** One probe against itself: the ratio should be 1, and how surely it is, is the noise. */
  private Row noise(String limit, String level, long bytes) {
    List<ForkSpec> both =
        List.of(spec(limit, level, bytes, 1, " A"), spec(limit, level, bytes, 1, " A again"));
    return new Row("noise", level, null, 1, "ratio", both, ratio -> ratio);
  }

  private void measure(Row row, Duration left, Consumer<String> told) {
    boolean alone = row.contenders().size() == 1;
    PairedRun paired = new PairedRun(forks, alone ? rules.probe() : rules.noise(), left);
    PairedRun.Rounds rounds = paired.run(row.contenders(), told);
    rounds.failed().forEach((spec, what) -> failed.put(spec.title(), what));
    if (rounds.measured().size() == row.contenders().size()) {
      double[] values = rounds.nanos(row.contenders().getLast());
      if (!alone) {
        double[] first = rounds.nanos(row.contenders().getFirst());
        Arrays.setAll(values, i -> values[i] / first[i]);
      }
      double[] figures = Arrays.stream(values).map(row.figure()).toArray();
      sink.accept(
          record(
              row.name(), row.level(), row.bytes(), row.threads(), row.unit(), interval(figures)));
    }
  }

  private MachineRecord record(
      String name, String level, Long bytes, int threads, String unit, Interval value) {
    return new MachineRecord(
        name, level, bytes, threads, probe.vectorBits(), unit, value, env.refreshed());
  }

  private static Interval one(double value) {
    return new Interval(value, null, null, new double[] {value});
  }

  private static Interval interval(double... figures) {
    LogInterval interval = LogInterval.of(figures);
    return new Interval(
        Median.of(figures),
        interval.known() ? interval.lo() : null,
        interval.known() ? interval.hi() : null,
        figures);
  }

  /** Smallest steps of the clock that were seen. */
  private static double[] clockSteps() {
    double[] steps = new double[CLOCK_SAMPLES];
    for (int sample = 0; sample < CLOCK_SAMPLES; sample++) {
      long smallest = Long.MAX_VALUE;
      long last = System.nanoTime();
      for (int i = 0; i < CLOCK_READINGS; i++) {
        long now = System.nanoTime();
        if (now > last) {
          smallest = Math.min(smallest, now - last);
          last = now;
        }
      }
      steps[sample] = smallest;
    }
    return steps;
  }
}
