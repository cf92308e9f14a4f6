package dev.llamark.bench.model;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.machine.Caches;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.statistics.Median;
import dev.llamark.run.ModelRecord;
import java.util.List;
import java.util.Optional;

/**
 * The limit that a test meets first, probed beside it: of a prompt arithmetic, of generation
 * reading memory. It is the same loop whatever the variants become, so that two runs tell by it how
 * the machine itself differed.
 *
 * @param spec of its forks
 * @param work what one call of it does: operations, or bytes
 */
record TestProbe(String bound, ForkSpec spec, double work) {

  /** Empty where no probe can run. */
  static Optional<TestProbe> of(SpeedTest test, int threads, List<String> jvmArgs) {
    if (RoofBenchmark.probe().isEmpty()) {
      return Optional.empty();
    }
    Caches caches = Caches.detect();
    boolean prompt = test.kind() == SpeedTest.Kind.PROMPT;
    String limit = prompt ? "fma" : "read";
    long bytes = prompt ? caches.within(1, 1) : caches.cold();
    ForkSpec spec = RoofBenchmark.spec("probe · " + limit, limit, bytes, threads, jvmArgs);
    return Optional.of(
        new TestProbe(
            prompt ? "compute" : "memory", spec, RoofBenchmark.work(limit, bytes, threads)));
  }

  /** What it reached; empty if it failed. */
  Optional<ModelRecord.Probe> reached(PairedRun.Rounds rounds) {
    return rounds.measured().containsKey(spec)
        ? Optional.of(new ModelRecord.Probe(bound, work / Median.of(rounds.nanos(spec))))
        : Optional.empty();
  }
}
