package dev.llamark.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads results that {@link ResultWriter} wrote. A last line without its end is what an interrupted
 * run left: it is passed over. Fields that this version does not know are kept in the objects.
 */
public final class ResultReader {

  private static final ObjectMapper MAPPER = mapper();

  private ResultReader() {}

  static ObjectMapper mapper() {
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }

  /**
   * All lines of a file.
   *
   * @throws InputException if it cannot be read or a line is no result
   */
  public static List<ObjectNode> read(Path file) {
    String text = text(file);
    boolean interrupted = !text.isEmpty() && !text.endsWith("\n");
    String[] lines = text.split("\n");
    List<ObjectNode> results = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].isBlank()) {
        continue;
      }
      Optional<ObjectNode> result = parse(lines[i]);
      if (result.isPresent()) {
        results.add(result.get());
      } else if (!(interrupted && i == lines.length - 1)) {
        throw new InputException(
            "%s, line %d: expected a result, an object with \"schema\":%d and a \"kind\", found: %s"
                .formatted(file, i + 1, ResultWriter.SCHEMA, shortened(lines[i])));
      }
    }
    return results;
  }

  /** The lines of one kind, as records. */
  public static <T extends ResultRecord> List<T> read(Path file, String kind, Class<T> type) {
    return read(file).stream()
        .filter(result -> result.get("kind").asText().equals(kind))
        .map(result -> as(result, type, file))
        .toList();
  }

  /** One line as a record. */
  public static <T extends ResultRecord> T as(ObjectNode result, Class<T> type, Path file) {
    try {
      return MAPPER.treeToValue(result, type);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s: a result of kind '%s' cannot be read: %s"
              .formatted(file, result.get("kind").asText(), e.getOriginalMessage()),
          e);
    }
  }

  private static Optional<ObjectNode> parse(String line) {
    try {
      JsonNode node = MAPPER.readTree(line);
      return node instanceof ObjectNode object
              && object.path("schema").asInt() == ResultWriter.SCHEMA
              && object.path("kind").isTextual()
          ? Optional.of(object)
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new InputException("no result file '" + file + "'", e);
    } catch (IOException e) {
      throw new InputException("cannot read results from '%s': %s".formatted(file, e), e);
    }
  }

  private static String shortened(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }
}
