package dev.llamark.bench.statistics;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/** Looks for what a median and an interval hide. */
public final class ForkPattern {

  /** Some forks run at one speed, the others at another: such as two ways of being compiled. */
  public static final String TWO_HUMPED = "two-humped";

  /** Forks become faster or slower in the course of the run. */
  public static final String DRIFT = "drift";

  /** There are too few forks to tell either. */
  public static final String FEW_FORKS = "few-forks";

  /** From so many forks on patterns are looked for. */
  public static final int LEAST_FORKS = 4;

  private static final int LEAST_IN_HUMP = 2;

  /** Humps nearer than this are of no interest. */
  private static final double LEAST_SEPARATION = Math.log(1.05);

  /**
   * Distance of the humps in standard deviations within them, for {@link #LEAST_FORKS} forks, one
   * more, and so on; the last for all larger numbers. One hump cut in two where it looks most like
   * two shows more than this in 1 of 100 samples.
   */
  private static final double[] LEAST_DISTANCES = {17.5, 11.8, 9.3, 7.9, 7.05, 6.5, 6.05};

  /** Probability of a trend as strong among forks without one. */
  private static final double TREND_BY_CHANCE = 0.005;

  private ForkPattern() {}

  /**
   * The patterns found.
   *
   * @param values one per fork, in the order in which they ran
   */
  public static List<String> find(double... values) {
    if (values.length < LEAST_FORKS) {
      return List.of(FEW_FORKS);
    }
    double[] logs = Arrays.stream(values).map(Math::log).toArray();
    return drifts(logs) ? List.of(DRIFT) : twoHumped(logs) ? List.of(TWO_HUMPED) : List.of();
  }

  /** Cuts the sorted values where the two parts are narrowest. */
  private static boolean twoHumped(double[] logs) {
    double[] sorted = logs.clone();
    Arrays.sort(sorted);
    double least = Double.POSITIVE_INFINITY;
    double separation = 0;
    for (int cut = LEAST_IN_HUMP; cut <= sorted.length - LEAST_IN_HUMP; cut++) {
      double squares = squares(sorted, 0, cut) + squares(sorted, cut, sorted.length);
      if (squares < least) {
        least = squares;
        separation = mean(sorted, cut, sorted.length) - mean(sorted, 0, cut);
      }
    }
    double within = Math.sqrt(least / (sorted.length - 2));
    double distance =
        LEAST_DISTANCES[Math.min(sorted.length - LEAST_FORKS, LEAST_DISTANCES.length - 1)];
    return separation >= LEAST_SEPARATION && separation >= distance * within;
  }

  /** Regression on the order: a slope that chance seldom gives, and that amounts to something. */
  private static boolean drifts(double[] logs) {
    int n = logs.length;
    double middle = (n - 1) / 2.0;
    double mean = mean(logs, 0, n);
    double sxx = 0;
    double sxy = 0;
    for (int i = 0; i < n; i++) {
      sxx += (i - middle) * (i - middle);
      sxy += (i - middle) * (logs[i] - mean);
    }
    double slope = sxy / sxx;
    double rest = squares(logs, 0, n) - slope * sxy;
    double t = Math.abs(slope) / Math.sqrt(Math.max(rest, 0) / (n - 2) / sxx);
    double critical = TDistribution.of(n - 2).inverseSurvivalProbability(TREND_BY_CHANCE / 2);
    return t > critical && Math.abs(slope) * (n - 1) >= LEAST_SEPARATION;
  }

  private static double squares(double[] values, int from, int to) {
    double mean = mean(values, from, to);
    double squares = 0;
    for (int i = from; i < to; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    return squares;
  }

  private static double mean(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).average().orElse(Double.NaN);
  }
}
