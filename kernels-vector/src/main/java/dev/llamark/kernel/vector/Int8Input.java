package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A row of activations quantised to int8 in blocks ({@link Int8Block}), as products in whole
 * numbers take it. A lane of weights holds several numbers of b bits, n₀ lowest. They need not be
 * taken apart: with the factors f₀ = x₀ and f<sub>j</sub> = x<sub>j</sub> − 2<sup>b</sup> ·
 * x<sub>j−1</sub> the sum of (lane &gt;&gt;&gt; j · b) · f<sub>j</sub> is that of n<sub>j</sub> ·
 * x<sub>j</sub>, for what a shift leaves of the numbers above n<sub>j</sub> cancels in the sum.
 * This holds modulo 2 to the width of a lane, as all sums here; bits above the highest number are
 * 0.
 */
final class Int8Input {

  private static final VectorSpecies<Integer> I = Lanes.INTS;

  /** Inputs of the smallest part of weights. */
  private static final int PART = 16;

  private static final int PARTS_PER_BLOCK = Int8Block.SIZE / PART;

  /** Bits of a number, at most. */
  private static final int MOST_BITS = 8;

  /** For each number of bits −1 where an input of a part has one below in its lane, else 0. */
  private static final int[][] HAS_LOWER = new int[MOST_BITS + 1][];

  static {
    HAS_LOWER[4] = hasLower(4);
    HAS_LOWER[6] = hasLower(5); // of the 16 numbers of a part the last has a lane for itself
    HAS_LOWER[8] = hasLower(4);
  }

  private int columns;

  /** Each number twice, in both halves of an int, from index 1 on. */
  private int[] numbers = new int[1];

  /** The numbers of a block that is only rounded. */
  private final int[] block = new int[Int8Block.SIZE];

  /** A block that is filled up with zeros. */
  private final float[] padded = new float[Int8Block.SIZE];

  private int[] totals = new int[0];
  private float[] scales = new float[0];
  private float[] sums = new float[0];
  private final int[][] factors = new int[MOST_BITS + 1][0];
  private final int[][] bases = new int[MOST_BITS + 1][0];
  private final boolean[] made = new boolean[MOST_BITS + 1];

  private static int[] hasLower(int digits) {
    int[] lower = new int[PART];
    for (int i = 0; i < PART; i++) {
      lower[i] = i % digits == 0 ? 0 : -1;
    }
    return lower;
  }

  /** Quantises a row; its length is a multiple of the block's. */
  void quantise(float[] x, int xOffset, int columns) {
    resize(columns);
    for (int b = 0; b < columns / Int8Block.SIZE; b++) {
      int at = 1 + b * Int8Block.SIZE;
      scales[b] = Int8Block.quantise(x, xOffset + b * Int8Block.SIZE, numbers, at);
      int total = 0;
      for (int part = 0; part < PARTS_PER_BLOCK; part++) {
        int sum = Int8Block.sum(numbers, at + part * PART, PART);
        totals[b * PARTS_PER_BLOCK + part] = sum;
        total += sum;
      }
      sums[b] = scales[b] * total;
    }
  }

  private void resize(int columns) {
    this.columns = columns;
    Arrays.fill(made, false);
    if (columns >= numbers.length || scales.length == 0) {
      numbers = new int[1 + columns];
      totals = new int[columns / PART];
      scales = new float[columns / Int8Block.SIZE];
      sums = new float[columns / Int8Block.SIZE];
    }
  }

  /** Makes the factors and bases for weights of so many bits, unless this row has them. */
  void prepare(int bits) {
    if (made[bits]) {
      return;
    }
    made[bits] = true;
    if (columns > factors[bits].length) {
      factors[bits] = new int[columns];
      bases[bits] = new int[columns / PART];
    }
    makeFactors(bits, factors[bits]);
    int centre = 1 << bits - 1;
    if (bits == 6) {
      for (int part = 0; part < columns / PART; part++) {
        bases[bits][part] = -centre * totals[part];
      }
    } else {
      for (int b = 0; b < columns / Int8Block.SIZE; b++) {
        int total = 0;
        for (int part = 0; part < PARTS_PER_BLOCK; part++) {
          total += totals[b * PARTS_PER_BLOCK + part];
        }
        int base = -centre * total;
        bases[bits][b] = bits == 4 ? Int8Block.twice(base) : base;
      }
    }
  }

  private void makeFactors(int bits, int[] out) {
    int[] hasLower = HAS_LOWER[bits];
    for (int i = 0; i < columns; i += I.length()) {
      IntVector lower =
          IntVector.fromArray(I, numbers, i)
              .lanewise(ASHR, Short.SIZE)
              .and(IntVector.fromArray(I, hasLower, i % PART));
      IntVector factor =
          IntVector.fromArray(I, numbers, 1 + i)
              .lanewise(ASHR, Short.SIZE)
              .sub(lower.lanewise(LSHL, bits));
      factor.intoArray(out, i);
    }
    if (bits == 4) { // lanes of 16 bits
      for (int i = 0; i < columns; i += I.length()) {
        IntVector factor = IntVector.fromArray(I, out, i);
        factor.lanewise(LSHL, Short.SIZE).or(factor.and(0xFFFF)).intoArray(out, i);
      }
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
      if (count == Int8Block.SIZE) {
        float scale = Int8Block.quantise(x, xOffset + k, block, 0);
        Int8Block.scale(block, scale, out, outOffset + k);
      } else {
        float scale = quantiseShort(x, xOffset + k, count);
        for (int i = 0; i < count; i++) {
          out[outOffset + k + i] = scale * (short) block[i];
        }
      }
    }
  }

  private float quantiseShort(float[] x, int from, int count) {
    System.arraycopy(x, from, padded, 0, count);
    Arrays.fill(padded, count, Int8Block.SIZE, 0);
    return Int8Block.quantise(padded, 0, block, 0);
  }

  /**
   * What a lane's shifted numbers are multiplied by; for 4 bits twice, in both halves of an int.
   */
  int[] factors(int bits) {
    return factors[bits];
  }

  /**
   * What centres the weights' numbers: −2^(bits − 1) times the sum of the numbers of each block,
   * for 6 bits of each part of 16; for 4 bits twice, in both halves of an int.
   */
  int[] bases(int bits) {
    return bases[bits];
  }

  float[] scales() {
    return scales;
  }

  /** For each block the sum of its numbers times its scale. */
  float[] sums() {
    return sums;
  }
}
