package dev.llamark.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * Writes results as JSON Lines. Each line is one write of the whole line, so that a run that is
 * interrupted leaves every finished row readable.
 *
 * <p>JSON knows no NaN and no infinity: such a figure becomes null, and a field {@code NAME_reason}
 * beside it says what it was.
 */
public final class ResultWriter implements AutoCloseable {

  /** The version of the records; it changes only if a field changes its meaning. */
  public static final int SCHEMA = 1;

  private static final ObjectMapper MAPPER = ResultReader.mapper();

  private final Path file;
  private final FileChannel channel;

  private ResultWriter(Path file, Set<StandardOpenOption> options) {
    this.file = file;
    try {
      if (file.toAbsolutePath().getParent() != null) {
        java.nio.file.Files.createDirectories(file.toAbsolutePath().getParent());
      }
      channel = FileChannel.open(file, options);
    } catch (IOException e) {
      throw new InputException("cannot write results to '%s': %s".formatted(file, e), e);
    }
  }

  /** Starts the file anew. */
  public static ResultWriter create(Path file) {
    return new ResultWriter(
        file,
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING));
  }

  /** Adds lines to the end of the file, which need not exist. */
  public static ResultWriter append(Path file) {
    return new ResultWriter(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
  }

  /** Writes one line; it is in the file when this returns. */
  public synchronized void write(ResultRecord result) {
    writeLine(line(result));
  }

  /** Writes an object that was read from another file, as it is. */
  public synchronized void write(ObjectNode result) {
    writeLine(print(result));
  }

  private void writeLine(String line) {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** A result as one line of JSON, without the line's end. */
  public static String line(ResultRecord result) {
    return print(object(result));
  }

  /** A result as a JSON object. */
  public static ObjectNode object(ResultRecord result) {
    ObjectNode object = MAPPER.createObjectNode();
    object.put("schema", SCHEMA);
    object.put("kind", result.kind());
    ObjectNode fields = MAPPER.valueToTree(result);
    object.setAll((ObjectNode) finite(fields));
    return object;
  }

  private static String print(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A copy in which what is not a finite number is null, and said beside. */
  private static JsonNode finite(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = MAPPER.createArrayNode();
      array.forEach(element -> copy.add(isFinite(element) ? finite(element) : NullNode.instance));
      return copy;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode copy = MAPPER.createObjectNode();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonNode value = field.getValue();
      if (!isFinite(value)) {
        copy.putNull(field.getKey()).put(field.getKey() + "_reason", value.asText());
        continue;
      }
      copy.set(field.getKey(), finite(value));
      if (value instanceof ArrayNode array && firstOddity(array) != null) {
        copy.put(field.getKey() + "_reason", firstOddity(array));
      }
    }
    return copy;
  }

  private static String firstOddity(ArrayNode array) {
    for (int i = 0; i < array.size(); i++) {
      if (!isFinite(array.get(i))) {
        return array.get(i).asText() + " at [" + i + "]";
      }
    }
    return null;
  }

  private static boolean isFinite(JsonNode node) {
    return !node.isFloatingPointNumber() || Double.isFinite(node.doubleValue());
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /** A disk that is full is the machine's fault. */
  private EnvironmentException lost(IOException e) {
    return new EnvironmentException(
        "results could not be written to '%s' any more: %s".formatted(file, e.getMessage()), e);
  }
}
