package dev.llamark.bench.claims;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.Median;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** The times of contenders that ran interleaved, as far as they ran. */
record ClaimTimes(PairedRun.Rounds rounds) {

  /** Speed of one over the other's: above 1 is faster; empty if one of them failed. */
  Optional<LogInterval> speed(ForkSpec one, ForkSpec other) {
    return ran(one) && ran(other)
        ? Optional.of(LogInterval.paired(rounds.nanos(other), rounds.nanos(one)))
        : Optional.empty();
  }

  boolean ran(ForkSpec contender) {
    return rounds.measured().containsKey(contender);
  }

  /** Time of one call of a contender that ran: the median of its forks. */
  double nanos(ForkSpec contender) {
    return Median.of(rounds.nanos(contender));
  }

  /** What became of the first of these that did not run. */
  String failure(ForkSpec... contenders) {
    return Arrays.stream(contenders)
        .filter(contender -> !ran(contender))
        .map(
            contender ->
                contender.title()
                    + " "
                    + Objects.requireNonNull(rounds.failed().get(contender)).reason())
        .findFirst()
        .orElse("");
  }
}
