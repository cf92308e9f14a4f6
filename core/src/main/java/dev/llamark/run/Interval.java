package dev.llamark.run;

/**
 * A figure measured in forks of its own.
 *
 * @param median of the forks
 * @param lo lower end of the confidence interval; null if one fork is all there is
 * @param hi upper end
 * @param forks one number per fork, in the order in which they ran
 */
public record Interval(double median, Double lo, Double hi, double[] forks) {}
