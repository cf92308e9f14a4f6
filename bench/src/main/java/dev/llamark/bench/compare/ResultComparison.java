package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Two runs, case by case.
 *
 * @param rows cases that both have
 * @param onlyBase those that only the first has
 * @param onlyNext those that only the second has
 * @param doubts what differs between the two runs, or is not known
 */
record ResultComparison(
    List<Row> rows, List<TimedCase> onlyBase, List<TimedCase> onlyNext, Set<String> doubts) {

  /**
   * One case.
   *
   * @param peer whether it is a peer's, which never gates
   * @param comparison the second's speed over the first's
   * @param smallest difference that counts
   * @param differsUnjudged whether it differs, but by how much the machine itself did is not known
   * @param moreAllocated bytes per call that the second allocates more, NaN if one of them was not
   *     found out; empty if rows of its kind do not tell
   */
  record Row(
      String key,
      boolean peer,
      int forks,
      Comparison comparison,
      double smallest,
      boolean differsUnjudged,
      OptionalDouble moreAllocated) {

    Verdict verdict() {
      return comparison.verdict();
    }

    /** Why it could not be seen whether it is slower; empty if it could. */
    private Optional<String> unjudged() {
      if (differsUnjudged) {
        return Optional.of(key + " (no probe of the same limit beside it)");
      }
      boolean itself = comparison.speed().halfWidth() == 0;
      return Findings.areFew(forks) && !itself
          ? Optional.of(Findings.fewForks(key, forks))
          : Optional.empty();
    }

    /** Whether it allocates more, which no noise excuses. */
    boolean allocatesMore() {
      return moreAllocated.isPresent() && moreAllocated.getAsDouble() >= 1;
    }
  }

  /**
   * Compares.
   *
   * @param threshold smallest difference that counts, such as 0.03
   * @param drifts whether, where the machine itself differs by more between the runs, that counts
   *     instead: the probe beside a case is the same code in both. Where that is not known, nothing
   *     is called faster or slower
   * @param anyway whether to compare what was measured under different conditions
   * @throws InputException if that is refused, or the files have no case in common
   */
  static ResultComparison of(
      List<ObjectNode> base,
      List<ObjectNode> next,
      double threshold,
      boolean drifts,
      boolean anyway) {
    Map<String, TimedCase> first = timed(base, "BASE");
    Map<String, TimedCase> second = timed(next, "NEW");
    List<Row> rows = new ArrayList<>();
    List<TimedCase> onlyBase = new ArrayList<>();
    Set<String> doubts = new LinkedHashSet<>();
    for (TimedCase a : first.values()) {
      TimedCase b = second.remove(a.key());
      if (b == null) {
        onlyBase.add(a);
        continue;
      }
      doubts.addAll(Conditions.compare(a, b, anyway));
      rows.add(drifts ? drifting(a, b, threshold, doubts) : row(a, b, threshold, true));
    }
    if (rows.isEmpty()) {
      throw new InputException(
          "BASE and NEW have no case in common: they hold %d and %d timed rows"
              .formatted(onlyBase.size(), second.size()));
    }
    return new ResultComparison(rows, onlyBase, List.copyOf(second.values()), doubts);
  }

  /** By how much the machine differed counts too. */
  private static Row drifting(TimedCase a, TimedCase b, double threshold, Set<String> doubts) {
    OptionalDouble drift = drift(a, b);
    boolean itself = a.nanos().length > 0 && Arrays.equals(a.nanos(), b.nanos());
    if (drift.isEmpty() && !itself) {
      doubts.add(
          "%s: by how much the machine itself differed is unknown, for %s; --threshold decides"
                  .formatted(a.key(), whyUnknown(a, b))
              + " without it");
    }
    return row(a, b, Math.max(threshold, drift.orElse(0)), drift.isPresent());
  }

  /** How much faster one run's machine was than the other's, by probes of the same bound. */
  private static OptionalDouble drift(TimedCase a, TimedCase b) {
    return a.probe()
        .flatMap(was -> b.probe().filter(is -> is.bound().equals(was.bound())))
        .map(is -> is.limit() / a.probe().orElseThrow().limit())
        .map(ratio -> OptionalDouble.of(Math.max(ratio, 1 / ratio) - 1))
        .orElse(OptionalDouble.empty());
  }

  private static String whyUnknown(TimedCase a, TimedCase b) {
    return a.probe().isPresent() && b.probe().isPresent()
        ? "its roof was one of %s and is one of %s"
            .formatted(a.probe().get().bound(), b.probe().get().bound())
        : "it was not probed beside";
  }

  /**
   * @param comparable whether a difference may be called one
   */
  private static Row row(TimedCase a, TimedCase b, double threshold, boolean comparable) {
    Comparison found = Comparison.ofTimes(a.nanos(), b.nanos(), threshold);
    boolean differs = found.verdict() == Verdict.FASTER || found.verdict() == Verdict.SLOWER;
    return new Row(
        a.key(),
        a.peer() || b.peer(),
        Math.min(a.nanos().length, b.nanos().length),
        differs && !comparable ? new Comparison(found.speed(), Verdict.UNDECIDED) : found,
        threshold,
        differs && !comparable,
        a.allocated().isPresent() && b.allocated().isPresent()
            ? OptionalDouble.of(b.allocated().getAsDouble() - a.allocated().getAsDouble())
            : OptionalDouble.empty());
  }

  private static Map<String, TimedCase> timed(List<ObjectNode> rows, String file) {
    Map<String, TimedCase> timed = new LinkedHashMap<>();
    for (ObjectNode row : rows) {
      TimedCase.of(row)
          .ifPresent(
              timedCase -> {
                if (timed.put(timedCase.key(), timedCase) != null) {
                  throw new InputException(
                      "%s has a case twice, and which one counts is unknown: %s"
                          .formatted(file, timedCase.key()));
                }
              });
    }
    return timed;
  }

  /** Difference that the machine shows between two runs of the same, as the files tell it. */
  static double noise(List<ObjectNode> rows) {
    return rows.stream()
        .filter(row -> row.path("probe").asText().equals("noise"))
        .mapToDouble(row -> noise(row.path("value")))
        .max()
        .orElse(0);
  }

  private static double noise(JsonNode ratio) {
    double median = ratio.path("median").asDouble(1);
    double hi = ratio.path("hi").asDouble(median);
    double lo = ratio.path("lo").asDouble(median);
    return Math.max(hi, 1 / lo) - 1;
  }

  /** Of the rows that may gate, those that could not be judged, and why. */
  List<String> unjudged() {
    return rows.stream()
        .filter(row -> !row.peer())
        .flatMap(row -> row.unjudged().stream())
        .toList();
  }

  /** Keys of the rows that may gate, and for which this holds. */
  List<String> gating(Predicate<Row> what) {
    return rows.stream().filter(row -> !row.peer() && what.test(row)).map(Row::key).toList();
  }
}
