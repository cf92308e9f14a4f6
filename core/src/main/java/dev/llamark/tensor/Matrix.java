package dev.llamark.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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

  public Matrix {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          name + ": rows and columns must be positive, but are " + rows + " x " + columns);
    }
    requireWholeBlocks(name, dtype, columns);
    long expected = dtype.bytes((long) rows * columns);
    if (data.byteSize() != expected) {
      throw new IllegalArgumentException(
          "%s: %d x %d of %s are %d bytes, but there are %d"
              .formatted(name, rows, columns, dtype.id(), expected, data.byteSize()));
    }
  }

  /** An f32 matrix over a copy of {@code values}, (rows × columns). */
  public static Matrix of(String name, int rows, int columns, float[] values) {
    return of(name, DType.F32, rows, columns, values);
  }

  /** A matrix of any type, encoded from {@code values}, (rows × columns). */
  public static Matrix of(String name, DType dtype, int rows, int columns, float[] values) {
    Matrix matrix = allocate(name, dtype, rows, columns, Arena.ofAuto());
    for (int r = 0; r < rows; r++) {
      matrix.encodeRow(r, values, Math.multiplyExact(r, columns));
    }
    return matrix;
  }

  /** A matrix of zeros that lives as long as the arena and starts at a cache line. */
  public static Matrix allocate(String name, DType dtype, int rows, int columns, Arena arena) {
    requireWholeBlocks(name, dtype, columns);
    return new Matrix(
        name, dtype, rows, columns, arena.allocate(dtype.bytes((long) rows * columns), 64));
  }

  /** The same weights, which lie at {@code data} too. */
  public Matrix withData(MemorySegment data) {
    return new Matrix(name, dtype, rows, columns, data);
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
    BlockFormat.of(dtype).decode(data, r * rowBytes(), out, outOffset, columns);
  }

  /** Encodes {@code columns} elements {@code x[xOffset …]} as row {@code r}. */
  public void encodeRow(int r, float[] x, int xOffset) {
    BlockFormat.of(dtype).encode(x, xOffset, data, r * rowBytes(), columns);
  }

  /** The same weights, decoded and encoded anew as {@code target}, outside the heap. */
  public Matrix quantise(DType target) {
    Matrix matrix = allocate(name, target, rows, columns, Arena.ofAuto());
    float[] row = new float[columns];
    for (int r = 0; r < rows; r++) {
      decodeRow(r, row, 0);
      matrix.encodeRow(r, row, 0);
    }
    return matrix;
  }

  private static void requireWholeBlocks(String name, DType dtype, int columns) {
    if (columns % dtype.blockElements() != 0) {
      throw new IllegalArgumentException(
          "%s: rows of %s must be multiples of %d, but have %d columns"
              .formatted(name, dtype.id(), dtype.blockElements(), columns));
    }
  }
}
