package dev.llamark.verify.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamark.run.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A value in a JSON file that nobody vouches for, with its place for messages.
 *
 * @param path from the root: {@code runs[0].maker.variant}
 */
record JsonPlace(Path file, String path, JsonNode node) {

  private static final int MAX_TEXT = 4096;
  private static final int MAX_SHOWN = 60;

  static JsonPlace root(Path file, JsonNode node) {
    return new JsonPlace(file, "", node);
  }

  /** A field that the object must have. */
  JsonPlace get(String key) {
    require(node.isObject(), "an object");
    String place = path.isEmpty() ? key : path + "." + key;
    if (!node.hasNonNull(key)) {
      throw new InputException("%s: '%s' is missing".formatted(file, place));
    }
    return new JsonPlace(file, place, node.get(key));
  }

  /** The elements of an array of {@code least} to {@code most}. */
  List<JsonPlace> elements(int least, int most) {
    boolean fits = node.isArray() && node.size() >= least && node.size() <= most;
    String size = least == most ? String.valueOf(least) : least + " to " + most;
    require(fits, "an array of " + size);
    List<JsonPlace> elements = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      elements.add(new JsonPlace(file, "%s[%d]".formatted(path, i), node.get(i)));
    }
    return elements;
  }

  String text() {
    require(node.isTextual() && node.textValue().length() <= MAX_TEXT, "a text");
    return node.textValue();
  }

  int integer(int least, int most) {
    boolean fits =
        node.isIntegralNumber()
            && node.canConvertToInt()
            && node.intValue() >= least
            && node.intValue() <= most;
    require(fits, "a whole number from %d to %d".formatted(least, most));
    return node.intValue();
  }

  /** A finite number that is not negative. */
  double amount() {
    boolean fits = node.isNumber() && Double.isFinite(node.doubleValue());
    require(fits && node.doubleValue() >= 0, "a number from 0 on");
    return node.doubleValue();
  }

  /** A finite float as hexadecimal text: {@code 0x1.8p1}. */
  float hexFloat() {
    String text = text();
    require(text.matches("-?0x[01][.][0-9a-f]{1,6}p-?[0-9]{1,3}"), "a float such as 0x1.8p1");
    float value = Float.parseFloat(text);
    require(Float.isFinite(value), "a finite float");
    return value;
  }

  /** 64 bits as hexadecimal text. */
  long hexLong() {
    String text = text();
    require(text.matches("[0-9a-f]{16}"), "16 hexadecimal digits");
    return Long.parseUnsignedLong(text, 16);
  }

  void require(boolean holds, String expected) {
    if (!holds) {
      throw refuse(expected);
    }
  }

  /** A sentence on a value that should be another. */
  InputException refuse(String expected) {
    String name = path.isEmpty() ? "the file" : "'" + path + "'";
    return new InputException(
        "%s: %s must be %s, but is %s".formatted(file, name, expected, shown()));
  }

  private String shown() {
    if (node.isArray()) {
      return "an array of " + node.size();
    }
    String text = node.toString().replaceAll("\\p{Cntrl}", " ");
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
