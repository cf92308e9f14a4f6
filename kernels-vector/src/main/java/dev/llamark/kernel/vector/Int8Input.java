package dev.llamark.kernel.vector;

import java.util.Arrays;

/** A row of activations quantised to int8 in blocks: see {@link Int8Block}. */
final class Int8Input {

  private int[] numbers = new int[Int8Block.SIZE];

  /** A block that is filled up with zeros. */
  private final float[] padded = new float[Int8Block.SIZE];

  private int[] bases = new int[0];
  private float[] scales = new float[0];
  private float[] offsets = new float[0];
  private float[] sums = new float[0];

  /** Quantises a row for products in lanes of 16 bits; its length is a multiple of the block's. */
  void quantise(float[] x, int xOffset, int columns) {
    resize(columns);
    for (int b = 0; b < columns / Int8Block.SIZE; b++) {
      int at = b * Int8Block.SIZE;
      float scale = Int8Block.quantise(x, xOffset + at, numbers, at);
      int offset = Int8Block.CENTRE * Int8Block.sum(numbers, at);
      scales[b] = scale;
      bases[b] = Int8Block.twice(-offset);
      offsets[b] = offset;
      sums[b] = scale * offset / Int8Block.CENTRE;
    }
  }

  private void resize(int columns) {
    if (columns > numbers.length || bases.length == 0) {
      numbers = new int[columns];
      bases = new int[columns / Int8Block.SIZE];
      scales = new float[columns / Int8Block.SIZE];
      offsets = new float[columns / Int8Block.SIZE];
      sums = new float[columns / Int8Block.SIZE];
    }
  }

  /**
   * Writes what quantisation leaves of a row.
   *
   * @param columns any number; the last block may be shorter
   */
  void round(float[] x, int xOffset, int columns, float[] out, int outOffset) {
    for (int k = 0; k < columns; k += Int8Block.SIZE) {
      int count = Math.min(Int8Block.SIZE, columns - k);
      float scale =
          count == Int8Block.SIZE
              ? Int8Block.quantise(x, xOffset + k, numbers, 0)
              : quantiseShort(x, xOffset + k, count);
      for (int i = 0; i < count; i++) {
        out[outOffset + k + i] = scale * (short) numbers[i];
      }
    }
  }

  private float quantiseShort(float[] x, int from, int count) {
    System.arraycopy(x, from, padded, 0, count);
    Arrays.fill(padded, count, Int8Block.SIZE, 0);
    return Int8Block.quantise(padded, 0, numbers, 0);
  }

  /** Each number twice, in both halves of an int. */
  int[] numbers() {
    return numbers;
  }

  /**
   * For each block −8 times the sum of its numbers, twice: so the numbers of weights are centred.
   */
  int[] bases() {
    return bases;
  }

  float[] scales() {
    return scales;
  }

  /** For each block 8 times the sum of its numbers: what takes the centring back. */
  float[] offsets() {
    return offsets;
  }

  /** For each block the sum of its numbers times its scale. */
  float[] sums() {
    return sums;
  }
}
