package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.machine.Caches;
import dev.llamark.bench.op.Verified;
import dev.llamark.bench.statistics.ForkPattern;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.run.Environment;
import dev.llamark.run.Interval;
import dev.llamark.run.OpError;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Ratio;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs one case: its variants and their roof, interleaved. */
final class OpRun {

  /** Flag of a share of the roof that cannot be. */
  static final String ABOVE_ROOF = "above-roof";

  /** A share of the roof above this, interval and all, is a fault of the measurement. */
  private static final double WHOLE_ROOF = 100;

  private final Caches caches;
  private final boolean roofs;
  private final List<String> jvmArgs;
  private final List<String> profilers;

  /**
   * @param roofs whether there is a probe
   * @param jvmArgs of every fork
   */
  OpRun(Caches caches, boolean roofs, List<String> jvmArgs, List<String> profilers) {
    this.caches = caches;
    this.roofs = roofs;
    this.jvmArgs = jvmArgs;
    this.profilers = profilers;
  }

  /**
   * What a case gave.
   *
   * @param records one per variant that ran
   * @param failures the others
   * @param rounds all that was measured, for JMH's own report
   */
  record Result(List<OpRecord> records, List<Failure> failures, PairedRun.Rounds rounds) {}

  /** A variant that did not get through. */
  record Failure(Variant variant, OpCase opCase, ForkResult.Failed what) {}

  /** Runs it. */
  Result run(
      OpCase opCase,
      List<Variant> variants,
      int threads,
      PairedRun paired,
      Environment env,
      Consumer<String> progress) {
    Map<Variant, ForkSpec> contenders = new LinkedHashMap<>();
    variants.forEach(variant -> contenders.put(variant, contender(opCase, variant, threads)));
    List<ForkSpec> all = new ArrayList<>(contenders.values());
    OpRoof limit = OpRoof.of(opCase, caches, threads);
    ForkSpec roof = limit.spec(opCase.id().toString(), jvmArgs);
    if (roofs) {
      all.add(roof);
    }
    PairedRun.Rounds rounds = paired.run(all, progress);
    List<OpRecord> records = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    contenders.forEach(
        (variant, contender) -> {
          ForkResult.Failed failed = rounds.failed().get(contender);
          if (failed != null) {
            failures.add(new Failure(variant, opCase, failed));
          } else {
            records.add(record(opCase, variant, threads, rounds, contenders, limit, roof, env));
          }
        });
    return new Result(records, failures, rounds);
  }

  private ForkSpec contender(OpCase opCase, Variant variant, int threads) {
    return new ForkSpec(
        variant.title() + " · " + opCase.id(),
        opCase.benchmark(),
        opCase.parameters(variant.id(), threads),
        jvmArgs,
        profilers);
  }

  private OpRecord record(
      OpCase opCase,
      Variant variant,
      int threads,
      PairedRun.Rounds rounds,
      Map<Variant, ForkSpec> contenders,
      OpRoof limit,
      ForkSpec roof,
      Environment env) {
    ForkSpec own = contenders.get(variant);
    double[] nanos = rounds.nanos(own);
    double median = median(nanos);
    List<String> flags = new ArrayList<>(ForkPattern.find(nanos));
    Optional<OpRecord.Roof> share = share(opCase, limit, rounds, nanos, roof);
    if (share.filter(s -> s.lo() != null && s.lo() > WHOLE_ROOF).isPresent()) {
      flags.add(ABOVE_ROOF);
    }
    return new OpRecord(
        opCase.id().operation().id(),
        opCase.id().toString(),
        opCase.id().dtype().id(),
        opCase.shape(),
        variant.id(),
        variant.provider().map(KernelProvider::vectorBits).orElse(0),
        threads,
        opCase.cache(),
        interval(nanos),
        opCase.flops() / median,
        opCase.bytes() / median,
        share.orElse(null),
        allocated(rounds.measured().get(own)),
        ratios(variant, rounds, contenders),
        error(rounds.measured().get(own)),
        flags,
        env);
  }

  private static Interval interval(double[] nanos) {
    LogInterval interval = LogInterval.of(nanos);
    return new Interval(
        median(nanos),
        interval.known() ? interval.lo() : null,
        interval.known() ? interval.hi() : null,
        nanos);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static Optional<OpRecord.Roof> share(
      OpCase opCase, OpRoof limit, PairedRun.Rounds rounds, double[] nanos, ForkSpec roof) {
    if (!rounds.measured().containsKey(roof)) {
      return Optional.empty();
    }
    double[] limitNanos = rounds.nanos(roof);
    double perCall = limit.probeWork();
    LogInterval percent =
        LogInterval.paired(limitNanos, nanos).times(100 * limit.work(opCase) / perCall);
    return Optional.of(
        new OpRecord.Roof(
            limit.bound(),
            perCall / median(limitNanos),
            percent.estimate(),
            percent.known() ? percent.lo() : null,
            percent.known() ? percent.hi() : null));
  }

  /** Our speed over each other's that ran. */
  private static Map<String, Ratio> ratios(
      Variant variant, PairedRun.Rounds rounds, Map<Variant, ForkSpec> contenders) {
    double[] own = rounds.nanos(contenders.get(variant));
    Map<String, Ratio> ratios = new LinkedHashMap<>();
    contenders.forEach(
        (other, contender) -> {
          if (other != variant && rounds.measured().containsKey(contender)) {
            ratios.put(other.id(), LogInterval.paired(rounds.nanos(contender), own).toRatio());
          }
        });
    return ratios;
  }

  /** The forks' median, in whole bytes. */
  private static double allocated(List<ForkResult.Measured> forks) {
    return Math.rint(median(forks.stream().mapToDouble(ForkResult.Measured::allocated).toArray()));
  }

  private static OpError error(List<ForkResult.Measured> forks) {
    return forks.stream()
        .map(fork -> Verified.error(fork.output()))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(null);
  }
}
