package dev.llamark.bench.statistics;

import java.util.Collection;

/**
 * When there are forks enough. The rule looks at the width of intervals, never at where they lie:
 * to stop because a difference has just become significant would find differences where there are
 * none.
 *
 * @param least number of forks before the rule looks at all
 * @param most number of forks at which it stops in any case
 * @param precision half-width at which an interval is narrow enough, 0.02 for ±2 %
 */
public record StoppingRule(int least, int most, double precision) {

  /** Forks whose spread tells what more of them would bring. */
  private static final int FORETELLING = 5;

  /**
   * If all forks would not bring an interval within so many times the precision, the machine is too
   * noisy for it: the rest of the time is spared. What is given up are verdicts on large
   * differences, for which more forks can be asked.
   */
  private static final double HOPELESS = 5;

  public StoppingRule {
    if (least < 1 || most < least || !(precision > 0)) {
      throw new IllegalArgumentException(
          "stopping rule: forks must be from 1 up, but are %d to %d; precision positive, but is %s"
              .formatted(least, most, precision));
    }
  }

  /**
   * Whether to stop.
   *
   * @param forks number of forks so far, of each contender
   * @param intervals what must be known precisely
   * @param timeLeft whether the budget allows another round
   */
  public boolean enough(int forks, Collection<LogInterval> intervals, boolean timeLeft) {
    if (forks >= most || forks >= 1 && !timeLeft) {
      return true;
    }
    return forks >= least
        && intervals.stream()
            .allMatch(interval -> interval.halfWidth() <= precision || isHopeless(forks, interval));
  }

  private boolean isHopeless(int forks, LogInterval interval) {
    return forks >= FORETELLING
        && LogInterval.foretold(interval.halfWidth(), forks, most) > HOPELESS * precision;
  }
}
