package dev.llamark.bench.statistics;

import java.util.Locale;

/** Whether a figure that should be large is large enough. */
public enum Goal {
  /** The interval reaches the goal. */
  MET,
  /** The whole interval lies below the goal. */
  MISSED,
  /** There is no interval. */
  UNDECIDED;

  /** Judges a figure. */
  public static Goal of(LogInterval figure, double goal) {
    if (!figure.known()) {
      return UNDECIDED;
    }
    return figure.hi() >= goal ? MET : MISSED;
  }

  /** As a person reads it: {@code met}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
