package dev.llamark.bench.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/** Looks for what a median and an interval hide. */
public final class ForkPattern {

  /** Some forks run at one speed, the others at another: such as two ways of being compiled. */
  public static final String TWO_HUMPED = "two-humped";

  /** Forks become faster or slower in the course of the run. */
  public static final String DRIFT = "drift";

  private static final int LEAST_FORKS = 6;
  private static final int LEAST_IN_HUMP = 2;

  /** Humps nearer than this are of no interest. */
  private static final double LEAST_SEPARATION = Math.log(1.05);

  /**
   * Distance of the humps in standard deviations within them. One hump cut in two shows more than
   * this in 1 of 100 samples of ten.
   */
  private static final double LEAST_DISTANCE = 6;

  /** Probability of a trend as strong among forks without one. */
  private static final double TREND_BY_CHANCE = 0.005;

  private ForkPattern() {}

  /**
   * The patterns found.
   *
   * @param values one per fork, in the order in which they ran
   */
  public static List<String> find(double... values) {
    List<String> found = new ArrayList<>();
    if (values.length >= LEAST_FORKS) {
      double[] logs = Arrays.stream(values).map(Math::log).toArray();
      if (drifts(logs)) {
        found.add(DRIFT);
      } else if (twoHumped(logs)) {
        found.add(TWO_HUMPED);
      }
    }
    return found;
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
    return separation >= LEAST_SEPARATION && separation >= LEAST_DISTANCE * within;
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
