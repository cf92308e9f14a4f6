package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights, (rows × columns), row-major, as they lie in the model file: row {@code r} holds what
 * output {@code r} is made of, so that {@code y = W x}.
 *
 * @param name the tensor's name, for messages
 * @param dtype type of the elements; rows are whole blocks of it
 * @param rows number of outputs
 * @param columns number of inputs
 * @param data {@code dtype.bytes(rows × columns)} bytes, little-endian; usually a slice of a
 *     mapping
 */
public record Matrix(String name, DType dtype, int rows, int columns, MemorySegment data) {

  private static final ValueLayout.OfFloat FLOAT_LE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  public Matrix {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          name + ": rows and columns must be positive, but are " + rows + " x " + columns);
    }
    if (columns % dtype.blockElements() != 0) {
      throw new IllegalArgumentException(
          "%s: rows of %s must be multiples of %d, but have %d columns"
              .formatted(name, dtype.id(), dtype.blockElements(), columns));
    }
    long expected = dtype.bytes((long) rows * columns);
    if (data.byteSize() != expected) {
      throw new IllegalArgumentException(
          "%s: %d x %d of %s are %d bytes, but there are %d"
              .formatted(name, rows, columns, dtype.id(), expected, data.byteSize()));
    }
  }

  /** An f32 matrix over a copy of {@code values}. */
  public static Matrix of(String name, int rows, int columns, float[] values) {
    MemorySegment data = java.lang.foreign.Arena.ofAuto().allocate(4L * rows * columns, 64);
    MemorySegment.copy(values, 0, data, FLOAT_LE, 0, Math.multiplyExact(rows, columns));
    return new Matrix(name, DType.F32, rows, columns, data);
  }

  /** Bytes of one row. */
  public long rowBytes() {
    return dtype.bytes(columns);
  }

  /** The bytes of row {@code r}. */
  public MemorySegment row(int r) {
    return data.asSlice(r * rowBytes(), rowBytes());
  }

  /** Decodes row {@code r} into {@code out[outOffset …]}, {@code columns} elements. */
  public void decodeRow(int r, float[] out, int outOffset) {
    if (dtype != DType.F32) {
      throw new IllegalArgumentException(name + ": no decoder for " + dtype.id());
    }
    MemorySegment.copy(data, FLOAT_LE, r * rowBytes(), out, outOffset, columns);
  }
}
