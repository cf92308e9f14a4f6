package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/**
 * One timed row of a result file, whichever kind it is.
 *
 * @param key what must be the same for two rows to be compared
 * @param peer whether it is a peer's, which never gates
 * @param nanos a time for each fork, or what is proportional to it
 * @param allocated bytes per call, NaN if they were not found out; empty if rows of its kind do not
 *     tell
 * @param probe what the machine reached meanwhile; empty if it was not probed
 * @param row as it was read
 */
record TimedCase(
    String key,
    boolean peer,
    double[] nanos,
    OptionalDouble allocated,
    Optional<Probe> probe,
    ObjectNode row) {

  /**
   * What the machine reached in a loop that is the same in every run.
   *
   * @param bound {@code compute} or {@code memory}
   */
  record Probe(String bound, double limit) {

    private static Optional<Probe> of(JsonNode node) {
      double limit = node.path("limit").asDouble(Double.NaN);
      return limit > 0
          ? Optional.of(new Probe(node.path("bound").asText(), limit))
          : Optional.empty();
    }
  }

  /** The row, if it is a timed one. */
  static Optional<TimedCase> of(ObjectNode row) {
    return switch (row.get("kind").asText()) {
      case "op" ->
          Optional.of(
              new TimedCase(
                  key(row, row.path("case").asText(), row.path("cache").asText()),
                  isPeer(row),
                  numbers(row.at("/time_ns/forks")),
                  OptionalDouble.of(row.path("alloc_b_per_op").asDouble(Double.NaN)),
                  Probe.of(row.path("roof")),
                  row));
      case "model" ->
          Optional.of(
              new TimedCase(
                  key(row, model(row), row.path("kv").asText()),
                  isPeer(row),
                  inverse(numbers(row.at("/tokens_per_s/samples"))),
                  OptionalDouble.empty(),
                  Probe.of(row.path("probe")),
                  row));
      default -> Optional.empty();
    };
  }

  /** Where it was measured. */
  JsonNode env() {
    return row.path("env");
  }

  private static boolean isPeer(ObjectNode row) {
    return row.path("role").asText().equals("peer");
  }

  private static String model(ObjectNode row) {
    return "%s %s %s @ %d"
        .formatted(
            row.at("/model/name").asText(),
            row.at("/model/dtype").asText(),
            row.path("test").asText(),
            row.path("depth").asInt());
  }

  private static String key(ObjectNode row, String what, String qualifier) {
    int bits = row.path("vector_bits").asInt();
    String setting = row.at("/setting/name").asText();
    return "%s · %s · %s · %s%s"
        .formatted(
            what,
            row.path("variant").asText() + (bits > 0 ? "@" + bits : ""),
            qualifier,
            row.path("threads").asInt() + " t",
            setting.isEmpty() ? "" : " · setting " + setting);
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  private static double[] inverse(double[] values) {
    return Arrays.stream(values).map(value -> 1 / value).toArray();
  }
}
