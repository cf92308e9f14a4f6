package dev.llamark.format.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the JSON header of a safetensors file token by token, so that it never is a tree. */
final class SafetensorsHeader {

  private static final int MAX_TENSORS = 1 << 17;
  private static final int MAX_DIMENSIONS = 8;

  /**
   * What the header says of a tensor.
   *
   * @param name of the tensor
   * @param dtype of its elements
   * @param shape dimensions, the slowest first
   * @param begin offset of the first byte in the data
   * @param end offset after the last byte
   */
  record Entry(String name, DType dtype, List<Long> shape, long begin, long end) {}

  private final Path file;
  private final JsonParser parser;

  private SafetensorsHeader(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static List<Entry> read(Path file, byte[] json) {
    try (JsonParser parser = JsonFile.FACTORY.createParser(json)) {
      return new SafetensorsHeader(file, parser).entries();
    } catch (JsonProcessingException e) {
      throw JsonFile.refuse(file, e);
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private List<Entry> entries() throws IOException {
    require(parser.nextToken() == JsonToken.START_OBJECT, "header must be a JSON object");
    List<Entry> entries = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      require(
          name.chars().noneMatch(Character::isISOControl),
          "name of tensor " + entries.size() + " must be printable");
      parser.nextToken();
      if (name.equals("__metadata__")) {
        parser.skipChildren();
      } else {
        require(entries.size() < MAX_TENSORS, "tensors must be at most " + MAX_TENSORS);
        entries.add(entry(name));
      }
    }
    require(parser.nextToken() == null, "header must end after its JSON object");
    return entries;
  }

  private Entry entry(String name) throws IOException {
    require(parser.currentToken() == JsonToken.START_OBJECT, of(name) + " must be an object");
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = dtype(name, parser.getText());
        case "shape" -> shape = numbers(name, "shape", MAX_DIMENSIONS);
        case "data_offsets" -> offsets = numbers(name, "data_offsets", 2);
        default -> parser.skipChildren();
      }
    }
    require(dtype != null, of(name) + " has no dtype");
    require(shape != null, of(name) + " has no shape");
    require(offsets != null && offsets.size() == 2, of(name) + " needs two data_offsets");
    return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private DType dtype(String name, String text) {
    return switch (text) {
      case "F32" -> DType.F32;
      case "F16" -> DType.F16;
      case "BF16" -> DType.BF16;
      case null, default ->
          throw refuse(
              "type of %s must be F32, F16 or BF16, but is %s".formatted(of(name), shown(text)));
    };
  }

  private static String shown(String text) {
    return text == null || text.length() > 20 ? "none" : text.replaceAll("\\p{Cntrl}", "?");
  }

  private List<Long> numbers(String name, String key, int most) throws IOException {
    require(parser.currentToken() == JsonToken.START_ARRAY, of(name) + ": " + key + " no array");
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
              && parser.getLongValue() >= 0,
          "%s: %s must be whole numbers from 0 to 2^63".formatted(of(name), key));
      require(numbers.size() < most, "%s: %s must be at most %d".formatted(of(name), key, most));
      numbers.add(parser.getLongValue());
    }
    return List.copyOf(numbers);
  }

  private static String of(String name) {
    return "tensor '" + name + "'";
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw refuse(sentence);
    }
  }

  private InputException refuse(String sentence) {
    return new InputException(file + ": " + sentence);
  }
}
