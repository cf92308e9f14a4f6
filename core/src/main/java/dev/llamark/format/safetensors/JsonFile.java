package dev.llamark.format.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.llamark.run.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON that nobody vouches for: small, flat, without duplicate keys. */
final class JsonFile {

  private static final long MAX_BYTES = 8 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NAME = 1024;

  /** Parses with limits on depth and names, and refuses duplicate keys. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_NAME)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(FACTORY).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private JsonFile() {}

  /** The object that a file holds. */
  static JsonNode read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new InputException(path + ": expected a regular file");
    }
    try {
      long size = Files.size(path);
      if (size > MAX_BYTES) {
        throw new InputException(
            "%s: must be at most %d bytes of JSON, but has %d".formatted(path, MAX_BYTES, size));
      }
      return parse(path, Files.readAllBytes(path));
    } catch (IOException e) {
      throw new InputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The object that {@code json} is. */
  static JsonNode parse(Path path, byte[] json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      if (!node.isObject()) {
        throw new InputException(path + ": must hold a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw refuse(path, e);
    } catch (IOException e) {
      throw new InputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  static InputException refuse(Path path, JsonProcessingException e) {
    String problem = e.getOriginalMessage().replaceAll("\\p{Cntrl}", " ");
    String line = problem.length() <= 160 ? problem : problem.substring(0, 160) + "…";
    return new InputException(path + ": is no sound JSON: " + line, e);
  }
}
