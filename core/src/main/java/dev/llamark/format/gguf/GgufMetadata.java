package dev.llamark.format.gguf;

import dev.llamark.run.InputException;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;

/**
 * The metadata of a GGUF file: values by key, in the file's order. What is missing or has the wrong
 * type is refused with file, key and value.
 */
public final class GgufMetadata {

  /** An id that means that there is no such token. */
  private static final long NO_ID = 0xFFFFFFFFL;

  private final String file;
  private final SequencedMap<String, GgufValue> values;

  GgufMetadata(String file, SequencedMap<String, GgufValue> values) {
    this.file = file;
    this.values = Collections.unmodifiableSequencedMap(values);
  }

  /** All values by key, in the file's order. */
  public SequencedMap<String, GgufValue> values() {
    return values;
  }

  /** The value of a key, if the file has it. */
  public Optional<GgufValue> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** The text of a key, if the file has it. */
  public Optional<String> findText(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text text -> Optional.of(text.value());
      case GgufValue other -> throw refuse(key, "a text", other);
    };
  }

  /** The text of a key that the file must have. */
  public String text(String key) {
    return findText(key).orElseThrow(() -> missing(key));
  }

  /** The whole number of a key, if the file has it; beyond the range of {@code long} is refused. */
  public OptionalLong findWhole(String key) {
    return switch (values.get(key)) {
      case null -> OptionalLong.empty();
      case GgufValue.Whole(GgufType type, long value) when type != GgufType.UINT64 || value >= 0 ->
          OptionalLong.of(value);
      case GgufValue other -> throw refuse(key, "a whole number", other);
    };
  }

  /** The number of a key, with or without fraction, if the file has it. */
  public OptionalDouble findReal(String key) {
    return switch (values.get(key)) {
      case null -> OptionalDouble.empty();
      case GgufValue.Real real -> OptionalDouble.of(real.value());
      case GgufValue.Whole whole -> OptionalDouble.of(whole.value());
      case GgufValue other -> throw refuse(key, "a number", other);
    };
  }

  /** The truth value of a key, or {@code otherwise} where the file does not have it. */
  public boolean flag(String key, boolean otherwise) {
    return switch (values.get(key)) {
      case null -> otherwise;
      case GgufValue.Flag flag -> flag.value();
      case GgufValue other -> throw refuse(key, "true or false", other);
    };
  }

  /** The array of a key, if the file has it. */
  public Optional<GgufArray> findArray(String key) {
    return switch (values.get(key)) {
      case null -> Optional.empty();
      case GgufArray array -> Optional.of(array);
      case GgufValue other -> throw refuse(key, "an array", other);
    };
  }

  /**
   * A token's id, such as {@code tokenizer.ggml.eos_token_id}; empty where the key is missing or
   * holds 0xFFFFFFFF or −1, by which some writers say that there is none.
   */
  public OptionalInt tokenId(String key) {
    OptionalLong id = findWhole(key);
    if (id.isEmpty() || id.getAsLong() == NO_ID || id.getAsLong() == -1) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(whole(key, 0, Integer.MAX_VALUE));
  }

  /** The whole number of a key that the file must have, from {@code least} to {@code most}. */
  public int whole(String key, int least, int most) {
    long value = findWhole(key).orElseThrow(() -> missing(key));
    if (value < least || value > most) {
      throw refuse(key, "from " + least + " to " + most, values.get(key));
    }
    return (int) value;
  }

  /** A sentence on a key of which the file should have another value. */
  InputException refuse(String key, String expected, GgufValue found) {
    return new InputException(
        "%s: metadata '%s' must be %s, but is %s"
            .formatted(file, key, expected, abridged(found.display())));
  }

  private static String abridged(String text) {
    String line = text.length() <= 80 ? text : text.substring(0, 80) + "…";
    return line.replaceAll("\\p{Cntrl}", " ");
  }

  private InputException missing(String key) {
    return new InputException(file + ": metadata '" + key + "' is missing");
  }
}
