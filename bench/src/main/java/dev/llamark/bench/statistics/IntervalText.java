package dev.llamark.bench.statistics;

import java.util.Locale;

/** Intervals as a person reads them, and only where they say something. */
public final class IntervalText {

  /** What stands for an interval that says nothing. */
  public static final String DASH = "–";

  /** What a table says below where it has a dash. */
  public static final String LEGEND =
      DASH + ": the forks are too few, or differ by more than a factor of two: no interval";

  /** An interval that spans more than a factor of this much, end to end, is of no use. */
  private static final double WIDEST = 4;

  private IntervalText() {}

  /** Whether an interval is there, and narrow enough to be of any use. */
  public static boolean says(Double lo, Double hi) {
    return lo != null && hi != null && hi / lo <= WIDEST;
  }

  /** Half the interval's width as a share, {@code ± 2 %}, or a dash. */
  public static String halfWidth(Double lo, Double hi) {
    return says(lo, hi)
        ? String.format(Locale.ROOT, "±%3.0f %%", 100 * (Math.sqrt(hi / lo) - 1))
        : DASH;
  }

  /** Its ends, {@code [0.98, 1.04]}, or a dash between the brackets. */
  public static String ends(Double lo, Double hi) {
    return says(lo, hi) ? String.format(Locale.ROOT, "[%.2f, %.2f]", lo, hi) : "[" + DASH + "]";
  }
}
