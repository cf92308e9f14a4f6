package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * Two runs, case by case.
 *
 * @param rows cases that both have
 * @param onlyBase keys of those that only the first has
 * @param onlyNext keys of those that only the second has
 */
record ResultComparison(List<Row> rows, List<String> onlyBase, List<String> onlyNext) {

  /**
   * One case.
   *
   * @param comparison the second's speed over the first's
   * @param smallest difference that counts
   * @param moreAllocated bytes per call that the second allocates more
   */
  record Row(String key, int forks, Comparison comparison, double smallest, double moreAllocated) {}

  /** What must be the same in both environments. */
  private static final List<String> FIELDS = List.of("cpu", "cores", "jdk", "jvm", "flags");

  /** A flag that says where llamark lies, not how it runs. */
  private static final String HOME = "-Dllamark.home=";

  /**
   * Compares.
   *
   * @param threshold smallest difference that counts, such as 0.03
   * @param drifts whether, where the machine itself differs by more between the runs, that counts
   *     instead: the probe of a case's roof is the same code in both
   * @param anyway whether to compare what was measured under different conditions
   * @throws InputException if that is refused, or the files have no case in common
   */
  static ResultComparison of(
      List<ObjectNode> base,
      List<ObjectNode> next,
      double threshold,
      boolean drifts,
      boolean anyway) {
    Map<String, TimedCase> first = timed(base);
    Map<String, TimedCase> second = timed(next);
    List<Row> rows = new ArrayList<>();
    List<String> onlyBase = new ArrayList<>();
    for (TimedCase a : first.values()) {
      TimedCase b = second.remove(a.key());
      if (b == null) {
        onlyBase.add(a.key());
        continue;
      }
      if (!anyway) {
        requireAlike(a, b);
      }
      rows.add(row(a, b, drifts ? Math.max(threshold, drift(a, b)) : threshold));
    }
    if (rows.isEmpty()) {
      throw new InputException(
          "the two files have no case in common: %d and %d timed rows"
              .formatted(onlyBase.size(), second.size()));
    }
    return new ResultComparison(rows, onlyBase, List.copyOf(second.keySet()));
  }

  /** How much faster one run's machine was than the other's; 0 if that is not known. */
  private static double drift(TimedCase a, TimedCase b) {
    double ratio = b.roof() / a.roof();
    return Double.isNaN(ratio) ? 0 : Math.max(ratio, 1 / ratio) - 1;
  }

  private static Row row(TimedCase a, TimedCase b, double threshold) {
    double more = b.allocated() - a.allocated();
    return new Row(
        a.key(),
        Math.min(a.nanos().length, b.nanos().length),
        Comparison.ofTimes(a.nanos(), b.nanos(), threshold),
        threshold,
        Double.isNaN(more) ? 0 : more);
  }

  private static Map<String, TimedCase> timed(List<ObjectNode> rows) {
    Map<String, TimedCase> timed = new LinkedHashMap<>();
    for (ObjectNode row : rows) {
      TimedCase.of(row).ifPresent(timedCase -> timed.put(timedCase.key(), timedCase));
    }
    return timed;
  }

  private static void requireAlike(TimedCase a, TimedCase b) {
    for (String field : FIELDS) {
      String was = text(a.env().path(field));
      String is = text(b.env().path(field));
      if (!was.equals(is)) {
        throw new InputException(
            "%s cannot be compared: env.%s was '%s' and is '%s'; --anyway compares nevertheless"
                .formatted(a.key(), field, was, is));
      }
    }
  }

  private static String text(JsonNode value) {
    if (!value.isArray()) {
      return value.asText();
    }
    return String.join(
        " ",
        StreamSupport.stream(value.spliterator(), false)
            .map(JsonNode::asText)
            .filter(flag -> !flag.startsWith(HOME))
            .toList());
  }

  /** Difference that the machine shows between two runs of the same, as the files tell it. */
  static double noise(List<ObjectNode> rows) {
    return rows.stream()
        .filter(row -> row.path("probe").asText().equals("noise"))
        .mapToDouble(
            row ->
                Math.max(row.at("/value/hi").asDouble(1), 1 / row.at("/value/lo").asDouble(1)) - 1)
        .max()
        .orElse(0);
  }

  boolean any(Comparison.Verdict verdict) {
    return rows.stream().anyMatch(row -> row.comparison().verdict() == verdict);
  }

  /** Whether a case allocates more, which no noise excuses. */
  boolean allocatesMore() {
    return rows.stream().anyMatch(row -> row.moreAllocated() >= 1);
  }
}
