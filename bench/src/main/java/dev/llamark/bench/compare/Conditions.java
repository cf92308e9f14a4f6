package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Whether two rows were measured under the same conditions. What is not known is not the same. */
final class Conditions {

  /** What must be the same in both environments. */
  private static final List<String> FIELDS =
      List.of(
          "cpu", "features", "cores", "os", "jdk", "jvm", "flags", "huge_pages", "malloc_tunables");

  /** A processor that is known vouches for what is not told of it. */
  private static final String VOUCHER = "cpu";

  /** A flag that says where llamark lies, not how it runs. */
  private static final String HOME = "-Dllamark.home=";

  private static final String UNKNOWN = "unknown";

  private Conditions() {}

  /**
   * Compares where two rows were measured.
   *
   * @param anyway whether to accept differences
   * @return what there is to say of it, field by field
   * @throws InputException if they differ and that is not accepted
   */
  static List<String> compare(TimedCase a, TimedCase b, boolean anyway) {
    List<String> doubts = new ArrayList<>();
    for (String field : FIELDS) {
      String was = text(a.env().path(field));
      String is = text(b.env().path(field));
      boolean unknown = was.equals(UNKNOWN) && is.equals(UNKNOWN);
      String differ =
          unknown
              ? "env.%s is unknown in both".formatted(field)
              : "env.%s was '%s' and is '%s'".formatted(field, was, is);
      if (!anyway && (unknown ? field.equals(VOUCHER) : !was.equals(is))) {
        throw new InputException(
            "%s cannot be compared: %s; --anyway compares nevertheless".formatted(a.key(), differ));
      }
      if (unknown || !was.equals(is)) {
        doubts.add(differ);
      }
    }
    return doubts;
  }

  private static String text(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return UNKNOWN;
    }
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
}
