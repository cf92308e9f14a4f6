package dev.llamark.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * What a comparison found that may gate, by name of the case.
 *
 * @param slower what is slower
 * @param allocating what allocates more
 * @param unjudged of what it could not be seen whether it is slower, and why
 * @param unmeasured of what it is not known what it allocates
 */
public record Findings(
    List<String> slower, List<String> allocating, List<String> unjudged, List<String> unmeasured) {

  /** Forks of which an interval says something. */
  private static final int LEAST_FORKS = 3;

  /** Nothing yet. */
  public Findings() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** Whether so few forks tell nothing. */
  public static boolean areFew(int forks) {
    return forks < LEAST_FORKS;
  }

  /** Says that a case has too few of them. */
  public static String fewForks(String title, int forks) {
    return "%s (%d %s, and it takes %d)"
        .formatted(title, forks, forks == 1 ? "fork" : "forks", LEAST_FORKS);
  }
}
