package dev.llamark.bench.machine;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.op.RegionBenchmark;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.run.Environment;
import dev.llamark.run.Interval;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.MachineRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;

/** The probes, one after the other. */
final class MachineBench {

  /** Successive readings of the clock among which the smallest step is looked for. */
  private static final int CLOCK_READINGS = 100_000;

  private static final int CLOCK_SAMPLES = 5;

  private final PairedRun paired;
  private final PairedRun noise;
  private final Caches caches;
  private final List<String> jvmArgs;
  private final MachineProbe probe;
  private final Environment env;
  private final Consumer<MachineRecord> sink;
  private final Consumer<String> progress;

  /**
   * @param paired for each probe
   * @param noise for two contenders that are the same
   */
  MachineBench(
      PairedRun paired,
      PairedRun noise,
      Caches caches,
      List<String> jvmArgs,
      MachineProbe probe,
      Environment env,
      Consumer<MachineRecord> sink,
      Consumer<String> progress) {
    this.paired = paired;
    this.noise = noise;
    this.caches = caches;
    this.jvmArgs = jvmArgs;
    this.probe = probe;
    this.env = env;
    this.sink = sink;
    this.progress = progress;
  }

  void run(List<Integer> threadCounts) {
    sink.accept(record("vector-width", null, null, 1, "bits", one(probe.vectorBits())));
    sink.accept(record("timer", null, null, 1, "ns", interval(clockSteps(), n -> n)));
    for (int threads : threadCounts) {
      roof("fma", null, caches.within(1, 1), threads);
      for (String limit : List.of("read", "write", "copy", "add")) {
        for (int level : caches.bytes().keySet()) {
          roof(limit, "L" + level, caches.within(level, threads), threads);
        }
        roof(limit, Caches.MEMORY, caches.cold(), threads);
      }
      region(threads);
    }
    noise("fma", caches.within(1, 1));
    noise("read", caches.cold());
  }

  private void roof(String limit, String level, long bytes, int threads) {
    ForkSpec spec = spec(limit, bytes, threads, "");
    PairedRun.Rounds rounds = paired.run(List.of(spec), progress);
    if (rounds.measured().containsKey(spec)) {
      double work = RoofBenchmark.work(limit, bytes, threads);
      sink.accept(
          record(
              limit.equals("fma") ? "fma-peak" : limit,
              level,
              level == null ? null : bytes,
              threads,
              limit.equals("fma") ? "GFLOP/s" : "GB/s",
              interval(rounds.nanos(spec), nanos -> work / nanos)));
    }
  }

  private ForkSpec spec(String limit, long bytes, int threads, String mark) {
    return new ForkSpec(
        limit + " " + caches.level(bytes, threads) + " · " + threads + " t" + mark,
        new ForkSpec.Method(RoofBenchmark.class, "reach"),
        Map.of(
            "limit", limit,
            "bytes", String.valueOf(bytes),
            "threads", String.valueOf(threads)),
        jvmArgs,
        List.of());
  }

  private void region(int threads) {
    ForkSpec spec =
        new ForkSpec(
            "region · " + threads + " t",
            new ForkSpec.Method(RegionBenchmark.class, "region"),
            Map.of("threads", String.valueOf(threads)),
            jvmArgs,
            List.of());
    PairedRun.Rounds rounds = paired.run(List.of(spec), progress);
    if (rounds.measured().containsKey(spec)) {
      sink.accept(
          record("region", null, null, threads, "ns", interval(rounds.nanos(spec), n -> n)));
    }
  }

  /** One probe against itself: the ratio should be 1, and how surely it is, is the noise. */
  private void noise(String limit, long bytes) {
    ForkSpec a = spec(limit, bytes, 1, " A");
    ForkSpec b = spec(limit, bytes, 1, " A again");
    PairedRun.Rounds rounds = noise.run(List.of(a, b), progress);
    if (rounds.measured().size() == 2) {
      double[] first = rounds.nanos(a);
      double[] ratios = rounds.nanos(b);
      Arrays.setAll(ratios, i -> ratios[i] / first[i]);
      String level = limit.equals("fma") ? null : "memory";
      sink.accept(record("noise", level, null, 1, "ratio", interval(ratios, r -> r)));
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

  private static Interval interval(double[] values, DoubleUnaryOperator figure) {
    double[] figures = Arrays.stream(values).map(figure).toArray();
    LogInterval interval = LogInterval.of(figures);
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Interval(
        median,
        interval.known() ? interval.lo() : null,
        interval.known() ? interval.hi() : null,
        figures);
  }

  /** Smallest steps of the clock that were seen. */
  private static double[] clockSteps() {
    List<Double> steps = new ArrayList<>();
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
      steps.add((double) smallest);
    }
    return steps.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
