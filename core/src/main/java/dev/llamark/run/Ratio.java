package dev.llamark.run;

/**
 * Our speed over another's, measured in the same run, interleaved: above 1 is faster.
 *
 * @param lo lower end of the confidence interval; null if there are too few forks for one
 * @param hi upper end
 */
public record Ratio(double ratio, Double lo, Double hi) {}
