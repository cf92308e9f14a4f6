package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.Median;
import java.util.Arrays;
import java.util.Optional;

/**
 * The times of contenders that ran interleaved, as far as they ran. A fork that was not warm when
 * it was timed says nothing about the code, and does not count.
 */
record ClaimTimes(PairedRun.Rounds rounds) {

  /**
   * Speed of one over the other's, above 1 is faster, of the rounds in which both were warm; of all
   * warm forks without pairs if those are too few for an interval. Empty if one of them has no
   * time.
   */
  Optional<LogInterval> speed(ForkSpec one, ForkSpec other) {
    if (!isTimed(one) || !isTimed(other)) {
      return Optional.empty();
    }
    int[] both = rounds.warm(one, other);
    return Optional.of(
        both.length < 2
            ? LogInterval.unpaired(warm(other), warm(one))
            : LogInterval.paired(rounds.nanos(other, both), rounds.nanos(one, both)));
  }

  private double[] warm(ForkSpec contender) {
    return rounds.measured().containsKey(contender)
        ? rounds.nanos(contender, rounds.warm(contender, contender))
        : new double[0];
  }

  /** Whether there is a time that counts. */
  boolean isTimed(ForkSpec contender) {
    return warm(contender).length > 0;
  }

  /** Time of one call of a contender that is timed: the median of its warm forks. */
  double nanos(ForkSpec contender) {
    return Median.of(warm(contender));
  }

  /** What became of the first of these that is not timed. */
  String failure(ForkSpec... contenders) {
    return Arrays.stream(contenders)
        .filter(contender -> !isTimed(contender))
        .map(contender -> contender.title() + " " + reason(contender))
        .findFirst()
        .orElse("");
  }

  private String reason(ForkSpec contender) {
    ForkResult.Failed failed = rounds.failed().get(contender);
    return failed == null ? "was not warm in any fork" : failed.reason();
  }
}
