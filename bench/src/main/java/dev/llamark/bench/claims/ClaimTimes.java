package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.Median;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The times of contenders that ran interleaved, as far as they ran. A fork that was timed before
 * its code was compiled says nothing about the code, and does not count.
 */
record ClaimTimes(PairedRun.Rounds rounds) {

  /**
   * Speed of one over the other's, above 1 is faster, of the rounds in which both were warm; of all
   * warm forks without pairs if there is no such round. Empty if one of them has no warm fork.
   */
  Optional<LogInterval> speed(ForkSpec one, ForkSpec other) {
    if (!ran(one) || !ran(other)) {
      return Optional.empty();
    }
    List<ForkResult.Measured> ones = rounds.measured().get(one);
    List<ForkResult.Measured> others = rounds.measured().get(other);
    int[] both =
        IntStream.range(0, ones.size())
            .filter(round -> ones.get(round).warm() && others.get(round).warm())
            .toArray();
    return Optional.of(
        both.length == 0
            ? LogInterval.unpaired(warm(other), warm(one))
            : LogInterval.paired(nanos(others, both), nanos(ones, both)));
  }

  private static double[] nanos(List<ForkResult.Measured> forks, int[] rounds) {
    return Arrays.stream(rounds).mapToDouble(round -> forks.get(round).nanos()).toArray();
  }

  private double[] warm(ForkSpec contender) {
    return rounds.measured().getOrDefault(contender, List.of()).stream()
        .filter(ForkResult.Measured::warm)
        .mapToDouble(ForkResult.Measured::nanos)
        .toArray();
  }

  /** Whether there is a time that counts. */
  boolean ran(ForkSpec contender) {
    return warm(contender).length > 0;
  }

  /** Time of one call of a contender that ran: the median of its forks. */
  double nanos(ForkSpec contender) {
    return Median.of(warm(contender));
  }

  /** What became of the first of these that did not run. */
  String failure(ForkSpec... contenders) {
    return Arrays.stream(contenders)
        .filter(contender -> !ran(contender))
        .map(contender -> contender.title() + " " + reason(contender))
        .findFirst()
        .orElse("");
  }

  private String reason(ForkSpec contender) {
    ForkResult.Failed failed = rounds.failed().get(contender);
    return failed == null ? "was still being compiled in every fork" : failed.reason();
  }
}
