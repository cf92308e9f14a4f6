package dev.llamark.bench.statistics;

import java.util.Arrays;

/** The value in the middle, or the mean of the two. */
public final class Median {

  private Median() {}

  /** Of at least one value, in any order. */
  public static double of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
