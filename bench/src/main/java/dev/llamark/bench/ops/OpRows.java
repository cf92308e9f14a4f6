package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.op.Verified;
import dev.llamark.bench.statistics.ForkPattern;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.Median;
import dev.llamark.run.Environment;
import dev.llamark.run.Interval;
import dev.llamark.run.OpError;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** From the forks of a case to its records. */
final class OpRows {

  /** Flag of a share of the roof that cannot be. */
  static final String ABOVE_ROOF = "above-roof";

  /** Flag of a time before which the code had not become as fast as it gets. */
  static final String NOT_WARM = "not-warm";

  /** A share of the roof above this, interval and all, is a fault of the measurement. */
  private static final double WHOLE_ROOF = 100;

  /** A contender's roof, and the fork that probed it. */
  record Limit(OpRoof roof, ForkSpec spec) {}

  private final OpCase opCase;
  private final List<Contender> contenders;
  private final Map<Contender, Limit> limits;
  private final PairedRun.Rounds rounds;
  private final Environment env;

  OpRows(
      OpCase opCase,
      List<Contender> contenders,
      Map<Contender, Limit> limits,
      PairedRun.Rounds rounds,
      Environment env) {
    this.opCase = opCase;
    this.contenders = contenders;
    this.limits = limits;
    this.rounds = rounds;
    this.env = env;
  }

  /** The record of a contender that ran. */
  OpRecord record(Contender contender) {
    double[] nanos = rounds.nanos(contender.spec());
    double median = Median.of(nanos);
    List<ForkResult.Measured> forks = rounds.measured().get(contender.spec());
    List<String> flags = new ArrayList<>(ForkPattern.find(nanos));
    Optional<OpRecord.Roof> share = share(limits.get(contender), nanos);
    if (share.filter(s -> s.lo() != null && s.lo() > WHOLE_ROOF).isPresent()) {
      flags.add(ABOVE_ROOF);
    }
    if (!forks.stream().allMatch(ForkResult.Measured::warm)) {
      flags.add(NOT_WARM);
    }
    return new OpRecord(
        opCase.id().operation().id(),
        opCase.id().toString(),
        opCase.id().dtype().id(),
        opCase.shape(),
        contender.entrant().id(),
        contender.entrant().role().name().toLowerCase(Locale.ROOT),
        contender.entrant().vectorBits(),
        contender.threads(),
        opCase.cache(),
        interval(nanos),
        opCase.flops() / median,
        opCase.bytes() / median,
        share.orElse(null),
        allocated(forks),
        ratios(contender),
        error(forks),
        flags,
        contender.environment(env),
        contender.chain().orElse(null),
        contender.setting().label().orElse(null),
        null);
  }

  private static Interval interval(double[] nanos) {
    LogInterval interval = LogInterval.of(nanos);
    return new Interval(
        Median.of(nanos),
        interval.known() ? interval.lo() : null,
        interval.known() ? interval.hi() : null,
        nanos);
  }

  private Optional<OpRecord.Roof> share(Limit limit, double[] nanos) {
    if (!rounds.measured().containsKey(limit.spec())) {
      return Optional.empty();
    }
    double[] limitNanos = rounds.nanos(limit.spec());
    double perCall = limit.roof().probeWork();
    LogInterval percent =
        LogInterval.paired(limitNanos, nanos).times(100 * limit.roof().work(opCase) / perCall);
    return Optional.of(
        new OpRecord.Roof(
            limit.roof().bound(),
            perCall / Median.of(limitNanos),
            percent.estimate(),
            percent.known() ? percent.lo() : null,
            percent.known() ? percent.hi() : null));
  }

  /**
   * Our speed over each other's that ran. Of a peer that was called and chained, the chain stands
   * under its own name, for that is the operation itself, and the call under {@code ID-call}.
   */
  private Map<String, Ratio> ratios(Contender own) {
    double[] nanos = rounds.nanos(own.spec());
    Optional<Contender> chain = ran().stream().filter(c -> c.chain().isPresent()).findFirst();
    Map<String, Ratio> ratios = new LinkedHashMap<>();
    for (Contender other : ran()) {
      Ratio ratio = LogInterval.paired(rounds.nanos(other.spec()), nanos).toRatio();
      if (other.equals(own)) {
        continue;
      }
      if (other.isChained() && chain.isPresent()) {
        ratios.put(Contender.CHAINED + "-call", ratio.basedOn("call"));
      } else if (other.chain().isPresent()) {
        String peer = own.isChained() ? other.entrant().id() : Contender.CHAINED;
        ratios.put(peer, ratio.basedOn("chain"));
      } else {
        ratios.put(name(own, other), ratio);
      }
    }
    return ratios;
  }

  private List<Contender> ran() {
    return contenders.stream().filter(c -> rounds.measured().containsKey(c.spec())).toList();
  }

  /** Its id, or of two settings of one variant the setting's name. */
  private static String name(Contender own, Contender other) {
    return other.setting().equals(own.setting())
        ? other.entrant().id()
        : other.setting().label().orElseThrow().name();
  }

  /** The forks' median, in whole bytes. */
  private static double allocated(List<ForkResult.Measured> forks) {
    return Math.rint(
        Median.of(forks.stream().mapToDouble(ForkResult.Measured::allocated).toArray()));
  }

  private static OpError error(List<ForkResult.Measured> forks) {
    return forks.stream()
        .map(fork -> Verified.error(fork.output()))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(null);
  }
}
