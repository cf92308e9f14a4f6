package dev.llamark.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON file and sentences about what it should hold. Deep nesting and repeated keys are refused.
 *
 * @param file its name
 * @param root its object
 */
record JsonDocument(String file, JsonNode root) {

  private static final int DEEPEST = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // tokens, not names
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  /** Values that are too large for a tree of them to be worth its time and memory. */
  interface LargeFields {

    /**
     * Reads the value at whose beginning the parser stands, to its end, if it is one of them.
     *
     * @param path names from the root to the value, joined by dots
     * @return whether it was read; if not, the parser still stands there
     */
    boolean read(String path, JsonParser parser) throws IOException;
  }

  /** The whole file as a tree. */
  static JsonDocument read(String file, byte[] bytes) {
    return read(file, bytes, (path, parser) -> false);
  }

  /** The file as a tree from which large values in the root and in its objects are left out. */
  static JsonDocument read(String file, byte[] bytes, LargeFields large) {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new InputException(file + ": the file must hold a JSON object, but does not");
      }
      return new JsonDocument(file, object(parser, "", large));
    } catch (JsonProcessingException e) {
      throw noJson(file, e.getOriginalMessage(), e);
    } catch (IOException e) { // bytes in memory are always there, but may be no characters
      throw noJson(file, e.getMessage(), e);
    }
  }

  private static InputException noJson(String file, String problem, IOException e) {
    String reason = problem.lines().findFirst().orElse("malformed");
    return new InputException("%s: must be JSON, but %s".formatted(file, Quote.of(reason)), e);
  }

  private static ObjectNode object(JsonParser parser, String path, LargeFields large)
      throws IOException {
    ObjectNode object = MAPPER.createObjectNode();
    Set<String> names = new HashSet<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (!names.add(name)) {
        throw new JsonParseException(parser, "Duplicate field " + Quote.of(name));
      }
      JsonToken token = parser.nextToken();
      if (!large.read(path + name, parser)) {
        boolean inRoot = path.isEmpty() && token == JsonToken.START_OBJECT;
        JsonNode value =
            inRoot ? object(parser, name + ".", large) : MAPPER.<JsonNode>readTree(parser);
        object.set(name, value);
      }
    }
    return object;
  }

  /** The text of a field, if there is one that is not null. */
  Optional<String> text(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw refuse(field, "a text", value);
    }
    return Optional.of(value.textValue());
  }

  /** The truth value of a field, or {@code otherwise} where it is missing or null. */
  boolean flag(JsonNode object, String field, boolean otherwise) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw refuse(field, "true or false", value);
    }
    return value.booleanValue();
  }

  /** The array of a field; an empty one where it is missing or null. */
  JsonNode array(JsonNode object, String field) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return MAPPER.createArrayNode();
    }
    if (!value.isArray()) {
      throw refuse(field, "an array", value);
    }
    return value;
  }

  /** The field {@code type} of an object, or {@code null} as a text where the object is null. */
  String type(JsonNode object) {
    if (object.isMissingNode() || object.isNull()) {
      return "null";
    }
    return text(object, "type").orElseThrow(() -> refuse("type", "a text", object.path("type")));
  }

  /** A sentence on a field. */
  InputException refuse(String field, String expected, JsonNode found) {
    String shown = found.isMissingNode() ? "missing" : Quote.of(shortened(found));
    return new InputException(
        "%s: '%s' must be %s, but is %s".formatted(file, field, expected, shown));
  }

  /** A sentence on a field that must have another value. */
  InputException refuse(String field, String expected, String found) {
    return refusal(file, field, expected, found);
  }

  /** A sentence on a field of a file. */
  static InputException refusal(String file, String field, String expected, String found) {
    return new InputException(
        "%s: '%s' must be %s, but is %s".formatted(file, field, expected, Quote.of(found)));
  }

  private static String shortened(JsonNode node) {
    return node.isContainerNode() && node.size() > 8
        ? node.getNodeType().name().toLowerCase(java.util.Locale.ROOT) + " of " + node.size()
        : node.toString();
  }
}
