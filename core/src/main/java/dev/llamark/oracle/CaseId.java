package dev.llamark.oracle;

import dev.llamark.kernel.Operation;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A case as a person can type it: {@code matmul:f32:17x4096x4096:seed=7}. It holds all that is
 * needed to make the same operands again.
 *
 * @param operation what is computed
 * @param dtype type of the weights; f32 where there are none
 * @param shape the operation's sizes, in its own order
 * @param options qualifiers in the order given; a flag has an empty value
 */
public record CaseId(
    Operation operation, DType dtype, List<Integer> shape, Map<String, String> options) {

  /** Seed of a case that names none. */
  public static final long DEFAULT_SEED = 42;

  /** An operand is one array. */
  static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

  public CaseId {
    shape = List.copyOf(shape);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** A case without options. */
  public static CaseId of(Operation operation, DType dtype, int... shape) {
    return new CaseId(operation, dtype, Arrays.stream(shape).boxed().toList(), Map.of());
  }

  /** This case with one option more. */
  public CaseId with(String key, Object value) {
    Map<String, String> more = new LinkedHashMap<>(options);
    more.put(key, value.toString());
    return new CaseId(operation, dtype, shape, more);
  }

  /** This case with a flag. */
  public CaseId with(String flag) {
    return with(flag, "");
  }

  /**
   * Reads an id.
   *
   * @throws InputException if it is not of the form {@code operation:dtype:AxBxC:key=value:flag}
   */
  public static CaseId parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < 3) {
      throw new InputException(
          "case '%s' must read operation:dtype:shape, then :key=value as needed, such as matmul:f32:17x64x33:seed=7"
              .formatted(text));
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 3; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      String value = equals < 0 ? "" : parts[i].substring(equals + 1);
      if (key.isEmpty() || options.put(key, value) != null) {
        throw new InputException("case '%s' has an empty or repeated option".formatted(text));
      }
    }
    return new CaseId(
        Operation.of(parts[0]), DType.of(parts[1]), parseShape(text, parts[2]), options);
  }

  private static List<Integer> parseShape(String text, String shape) {
    List<Integer> sizes = new ArrayList<>();
    for (String size : shape.split("x", -1)) {
      try {
        sizes.add(Integer.parseInt(size));
      } catch (NumberFormatException e) {
        throw new InputException(
            "case '%s' has the size '%s', which is not a number".formatted(text, size), e);
      }
    }
    return sizes;
  }

  /**
   * The sizes, checked.
   *
   * @param names what each means, for the message
   */
  int[] sizes(String... names) {
    return sizes(1, names);
  }

  /**
   * The sizes, checked.
   *
   * @param leastOfLast smallest value of the last size; the others are at least 1
   * @param names what each means, for the message
   */
  int[] sizes(int leastOfLast, String... names) {
    if (shape.size() != names.length) {
      throw new InputException(
          "case '%s' must have the shape %s, but has %d sizes"
              .formatted(this, String.join(" x ", names), shape.size()));
    }
    for (int i = 0; i < names.length; i++) {
      int least = i == names.length - 1 ? leastOfLast : 1;
      if (shape.get(i) < least) {
        throw new InputException(
            "case '%s': %s must be at least %d, but is %d"
                .formatted(this, names[i], least, shape.get(i)));
      }
    }
    if (operation != Operation.ATTENTION) { // whose operands AttentionOperands knows
      requireArrays();
    }
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /** No operand has more dimensions than a matrix of MatMul, or three elsewhere. */
  private void requireArrays() {
    int dimensions = operation == Operation.MATMUL ? 2 : 3;
    double elements =
        shape.stream()
            .sorted(Comparator.reverseOrder())
            .limit(dimensions)
            .mapToDouble(Integer::doubleValue)
            .reduce(1, (a, b) -> a * b);
    if (elements > MOST_ELEMENTS) {
      throw new InputException(
          "case '%s': its %d largest sizes must multiply to at most %d, but give %.0f"
              .formatted(this, Math.min(dimensions, shape.size()), MOST_ELEMENTS, elements));
    }
  }

  /** Refuses options that the operation does not know. */
  void allowOptions(String... known) {
    for (String key : options.keySet()) {
      if (!Set.of(known).contains(key)) {
        throw new InputException(
            "case '%s': no option '%s' for %s; known: %s"
                .formatted(this, key, operation.id(), String.join(" ", known)));
      }
    }
  }

  boolean flag(String key) {
    return options.containsKey(key);
  }

  String option(String key, String otherwise) {
    return options.getOrDefault(key, otherwise);
  }

  int intOption(String key, int otherwise) {
    long value = longOption(key, otherwise);
    if (value != (int) value) {
      throw new InputException("case '%s': %s is too large: %d".formatted(this, key, value));
    }
    return (int) value;
  }

  private long longOption(String key, long otherwise) {
    String value = options.get(key);
    try {
      return value == null ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new InputException(
          "case '%s': %s must be a whole number, but is '%s'".formatted(this, key, value), e);
    }
  }

  <E extends Enum<E>> E enumOption(String key, Class<E> type, E otherwise) {
    String value = options.get(key);
    if (value == null) {
      return otherwise;
    }
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value)) {
        return constant;
      }
    }
    throw new InputException(
        "case '%s': %s must be one of %s, but is '%s'"
            .formatted(
                this,
                key,
                Arrays.stream(type.getEnumConstants())
                    .map(c -> c.name().toLowerCase(java.util.Locale.ROOT))
                    .collect(Collectors.joining(" ")),
                value));
  }

  /** Seed of the operands: from the option {@code seed}, and different for each shape. */
  long seed() {
    return longOption("seed", DEFAULT_SEED) * 0x9E3779B97F4A7C15L
        + 31L * shape.hashCode()
        + operation.name().hashCode();
  }

  @Override
  public String toString() {
    Stream<String> head =
        Stream.of(
            operation.id(),
            dtype.id(),
            shape.stream().map(String::valueOf).collect(Collectors.joining("x")));
    Stream<String> tail =
        options.entrySet().stream()
            .map(e -> e.getValue().isEmpty() ? e.getKey() : e.getKey() + "=" + e.getValue());
    return Stream.concat(head, tail).collect(Collectors.joining(":"));
  }
}
