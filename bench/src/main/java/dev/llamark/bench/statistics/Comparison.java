package dev.llamark.bench.statistics;

import java.util.Arrays;
import java.util.Locale;

/**
 * Whether one of two is faster.
 *
 * @param speed speed of the one over the other's: above 1 is faster
 * @param verdict what follows from it
 */
public record Comparison(LogInterval speed, Verdict verdict) {

  /** Smaller differences are of no interest, however sure they are. */
  public static final double SMALLEST = 0.03;

  /** What can be said. */
  public enum Verdict {
    FASTER,
    SLOWER,
    /** No difference that matters. */
    SAME,
    /** The forks differ too much to tell. */
    UNDECIDED;

    /** As a person reads it: {@code faster}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A difference counts if the interval excludes 1 and the estimate exceeds the threshold.
   *
   * @param threshold smallest difference that counts, 0.03 for 3 %
   */
  public static Comparison of(LogInterval speed, double threshold) {
    return new Comparison(speed, judge(speed, threshold));
  }

  private static Verdict judge(LogInterval speed, double threshold) {
    if (speed.lo() > 1 && speed.estimate() > 1 + threshold) {
      return Verdict.FASTER;
    }
    if (speed.hi() < 1 && 1 / speed.estimate() > 1 + threshold) {
      return Verdict.SLOWER;
    }
    return speed.halfWidth() > threshold ? Verdict.UNDECIDED : Verdict.SAME;
  }

  /**
   * Two runs of the same case.
   *
   * @param base times of the forks of one run
   * @param next times of the forks of the other
   * @param threshold as in {@link #of(LogInterval, double)}
   */
  public static Comparison ofTimes(double[] base, double[] next, double threshold) {
    if (base.length > 0 && Arrays.equals(base, next)) { // one and the same measurement
      return new Comparison(new LogInterval(1, 1, 1), Verdict.SAME);
    }
    return of(LogInterval.unpaired(base, next), threshold);
  }

  /**
   * The smallest difference that counts on a machine.
   *
   * @param noise difference that the machine shows between two runs of the same, 0.02 for 2 %
   */
  public static double threshold(double noise) {
    return Math.max(SMALLEST, noise);
  }
}
