package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;

/**
 * How elements of one {@link DType} lie in memory. Decoding gives the bits that ggml's C code gives
 * ({@code ggml-quants.c}, without contraction to FMA).
 */
public sealed interface BlockFormat permits F32Format, F16Format, Bf16Format, QuantisedFormat {

  /** The type whose elements these are. */
  DType dtype();

  /**
   * Decodes elements that fill whole blocks.
   *
   * @param source holds the first block from byte {@code offset}
   * @param out gets {@code elements} values from index {@code outOffset}
   * @param elements a multiple of the type's block
   */
  void decode(MemorySegment source, long offset, float[] out, int outOffset, int elements);

  /**
   * Encodes elements that fill whole blocks. Quantised types take the nearest of the values that a
   * block can hold, for scales that keep the block's squared error small.
   *
   * @param x holds {@code elements} values from index {@code xOffset}, finite for quantised types
   * @param target gets the first block from byte {@code offset}
   * @param elements a multiple of the type's block
   * @throws IllegalArgumentException if a quantised block's values have no scale within half
   *     precision
   */
  void encode(float[] x, int xOffset, MemorySegment target, long offset, int elements);

  /** The format of a type. */
  static BlockFormat of(DType dtype) {
    return BlockFormats.ALL.get(dtype);
  }
}
