package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * One timed row of a result file, whichever kind it is.
 *
 * @param key what must be the same for two rows to be compared
 * @param nanos a time for each fork, or what is proportional to it
 * @param allocated bytes per call; NaN if not measured
 * @param roof what the machine reached meanwhile, in a probe that is the same in every run; NaN if
 *     not measured
 * @param env where it was measured
 */
record TimedCase(String key, double[] nanos, double allocated, double roof, JsonNode env) {

  /** The row, if it is a timed one. */
  static Optional<TimedCase> of(ObjectNode row) {
    return switch (row.get("kind").asText()) {
      case "op" ->
          Optional.of(
              new TimedCase(
                  key(row, row.path("case").asText(), row.path("cache").asText()),
                  numbers(row.at("/time_ns/forks")),
                  row.path("alloc_b_per_op").asDouble(Double.NaN),
                  row.at("/roof/limit").asDouble(Double.NaN),
                  row.path("env")));
      case "model" ->
          Optional.of(
              new TimedCase(
                  key(
                      row,
                      row.at("/model/name").asText()
                          + " "
                          + row.at("/model/dtype").asText()
                          + " "
                          + row.path("test").asText()
                          + " @ "
                          + row.path("depth").asInt(),
                      row.path("kv").asText()),
                  inverse(numbers(row.at("/tokens_per_s/samples"))),
                  Double.NaN,
                  Double.NaN,
                  row.path("env")));
      default -> Optional.empty();
    };
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
    double[] inverse = values.clone();
    java.util.Arrays.setAll(inverse, i -> 1 / values[i]);
    return inverse;
  }
}
