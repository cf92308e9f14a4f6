package dev.llamark.format;

import dev.llamark.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A tensor of a model file, where it lies in the file.
 *
 * @param name as the file has it
 * @param dtype type of the elements
 * @param shape dimensions, the slowest first: a matrix has (rows, columns)
 * @param data the elements, little-endian; a slice of the mapped file
 */
public record Tensor(String name, DType dtype, List<Long> shape, MemorySegment data) {

  public Tensor {
    shape = List.copyOf(shape);
  }

  /** Number of elements. */
  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** As a person reads it: {@code 512 x 64}. */
  public String shapeText() {
    return text(shape);
  }

  static String text(List<Long> shape) {
    return shape.isEmpty()
        ? "a scalar"
        : shape.stream().map(String::valueOf).collect(Collectors.joining(" x "));
  }
}
