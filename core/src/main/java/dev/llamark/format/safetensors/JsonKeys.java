package dev.llamark.format.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.llamark.run.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SequencedMap;

/**
 * The keys of a JSON object from a file. A null counts as missing; a wrong type is refused with
 * file, key and value.
 */
final class JsonKeys {

  private static final int MAX_LIST = 1 << 16;
  private static final int MAX_SHOWN = 80;

  private final Path file;
  private final String prefix;
  private final JsonNode object;

  JsonKeys(Path file, JsonNode object) {
    this(file, "", object);
  }

  private JsonKeys(Path file, String prefix, JsonNode object) {
    this.file = file;
    this.prefix = prefix;
    this.object = object;
  }

  Path file() {
    return file;
  }

  boolean has(String key) {
    return object.hasNonNull(key);
  }

  private Optional<JsonNode> find(String key) {
    return has(key) ? Optional.of(object.get(key)) : Optional.empty();
  }

  Optional<JsonKeys> object(String key) {
    return find(key)
        .map(
            node -> {
              require(node.isObject(), key, "an object");
              return new JsonKeys(file, prefix + key + ".", node);
            });
  }

  Optional<String> text(String key) {
    return find(key)
        .map(
            node -> {
              require(node.isTextual(), key, "a text");
              return node.textValue();
            });
  }

  boolean flag(String key, boolean otherwise) {
    return find(key)
        .map(
            node -> {
              require(node.isBoolean(), key, "true or false");
              return node.booleanValue();
            })
        .orElse(otherwise);
  }

  OptionalDouble real(String key) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    JsonNode node = object.get(key);
    require(node.isNumber() && Double.isFinite(node.doubleValue()), key, "a number");
    return OptionalDouble.of(node.doubleValue());
  }

  double requiredReal(String key) {
    return real(key).orElseThrow(() -> missing(key));
  }

  /** A positive whole number, if the object has it. */
  OptionalInt size(String key) {
    if (!has(key)) {
      return OptionalInt.empty();
    }
    JsonNode node = object.get(key);
    double value = node.isNumber() ? node.doubleValue() : 0;
    boolean whole = value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value);
    require(whole, key, "a whole number from 1 to 2^31 - 1");
    return OptionalInt.of((int) value);
  }

  int requiredSize(String key) {
    return size(key).orElseThrow(() -> missing(key));
  }

  /** A list of numbers that the object must have. */
  List<Double> reals(String key) {
    JsonNode node = find(key).orElseThrow(() -> missing(key));
    require(node.isArray() && node.size() <= MAX_LIST, key, "a list of numbers");
    List<Double> reals = new ArrayList<>();
    for (JsonNode element : node) {
      require(
          element.isNumber() && Double.isFinite(element.doubleValue()), key, "a list of numbers");
      reals.add(element.doubleValue());
    }
    return List.copyOf(reals);
  }

  private void require(boolean holds, String key, String expected) {
    if (!holds) {
      throw refuse(key, expected);
    }
  }

  /** All keys with their values as a person reads them. */
  SequencedMap<String, String> shown() {
    SequencedMap<String, String> shown = new LinkedHashMap<>();
    object.properties().forEach(entry -> shown.put(entry.getKey(), shown(entry.getValue())));
    return shown;
  }

  private static String shown(JsonNode value) {
    String text = String.valueOf(value).replaceAll("\\p{Cntrl}", " ");
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }

  /** A sentence on a key that should have another value. */
  InputException refuse(String key, String expected) {
    return new InputException(
        "%s: '%s%s' must be %s, but is %s"
            .formatted(file, prefix, key, expected, shown(object.get(key))));
  }

  private InputException missing(String key) {
    return new InputException("%s: '%s%s' is missing".formatted(file, prefix, key));
  }
}
