package dev.llamark.bench.statistics;

import dev.llamark.run.Ratio;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Student's t interval of the mean of logarithms, given on the scale of the values themselves:
 * times vary by factors, so that their logarithms are nearer to a normal distribution, and a ratio
 * and its inverse have inverse intervals.
 *
 * @param estimate the geometric mean
 * @param lo lower end; NaN with one value, which has no interval
 * @param hi upper end
 */
public record LogInterval(double estimate, double lo, double hi) {

  /**
   * Chosen by simulation, so that among forks that differ by nothing at most 1 in 100 comparisons
   * says {@code slower}, two humps included, and a slowdown of 5 % is found in 95 of 100.
   */
  public static final double CONFIDENCE = 0.99;

  /** Of values that were measured one by one. */
  public static LogInterval of(double... values) {
    double[] logs = logs(values);
    double standardError = Math.sqrt(variance(logs) / logs.length);
    return around(mean(logs), standardError, logs.length - 1);
  }

  /**
   * Of the ratio of values that were measured in pairs, {@code numerators[i]} beside {@code
   * denominators[i]}: what drifts for both drops out.
   */
  public static LogInterval paired(double[] numerators, double[] denominators) {
    if (numerators.length != denominators.length) {
      throw new IllegalArgumentException(
          "pairs need as many numerators as denominators, but there are %d and %d"
              .formatted(numerators.length, denominators.length));
    }
    return of(
        IntStream.range(0, numerators.length)
            .mapToDouble(i -> numerators[i] / denominators[i])
            .toArray());
  }

  /**
   * Of the ratio of values from two runs, whose spreads may differ (Welch, Biometrika 34, 1947).
   */
  public static LogInterval unpaired(double[] numerators, double[] denominators) {
    double[] a = logs(numerators);
    double[] b = logs(denominators);
    double varianceA = variance(a) / a.length;
    double varianceB = variance(b) / b.length;
    double variance = varianceA + varianceB;
    double freedom =
        variance == 0
            ? a.length + b.length - 2
            : variance
                * variance
                / (varianceA * varianceA / (a.length - 1) + varianceB * varianceB / (b.length - 1));
    return around(mean(a) - mean(b), Math.sqrt(variance), freedom);
  }

  /** Half the width to be expected of more forks, which spread as those do that gave this one. */
  static double foretold(double halfWidth, int forks, int more) {
    double shrunk = Math.sqrt((double) forks / more) * quantile(more - 1) / quantile(forks - 1);
    return Math.expm1(shrunk * Math.log1p(halfWidth));
  }

  private static double quantile(double freedom) {
    return TDistribution.of(freedom).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
  }

  private static LogInterval around(double mean, double standardError, double freedom) {
    if (!(freedom > 0)) {
      return new LogInterval(Math.exp(mean), Double.NaN, Double.NaN);
    }
    double half = quantile(freedom) * standardError;
    return new LogInterval(Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
  }

  private static double[] logs(double[] values) {
    return java.util.Arrays.stream(values).map(Math::log).toArray();
  }

  private static double mean(double[] values) {
    return java.util.Arrays.stream(values).average().orElse(Double.NaN);
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return values.length < 2 ? Double.NaN : squares / (values.length - 1);
  }

  /** Whether there were values enough for an interval. */
  public boolean known() {
    return !Double.isNaN(lo);
  }

  /** Half the interval's width, as a factor less 1: 0.02 is ±2 %; infinite if not known. */
  public double halfWidth() {
    return known() ? Math.sqrt(hi / lo) - 1 : Double.POSITIVE_INFINITY;
  }

  public boolean contains(double value) {
    return known() && lo <= value && value <= hi;
  }

  /** Of the inverse values. */
  public LogInterval inverse() {
    return new LogInterval(1 / estimate, 1 / hi, 1 / lo);
  }

  /** Of the values times a factor. */
  public LogInterval times(double factor) {
    return new LogInterval(estimate * factor, lo * factor, hi * factor);
  }

  /** As records hold it. */
  public Ratio toRatio() {
    return new Ratio(estimate, known() ? lo : null, known() ? hi : null);
  }

  /** From a record. */
  public static LogInterval of(Ratio ratio) {
    return ratio.lo() == null || ratio.hi() == null
        ? new LogInterval(ratio.ratio(), Double.NaN, Double.NaN)
        : new LogInterval(ratio.ratio(), ratio.lo(), ratio.hi());
  }
}
