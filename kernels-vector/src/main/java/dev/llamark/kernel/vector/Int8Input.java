package dev.llamark.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A row of activations quantised to int8, in blocks of 32, as Q8_0 does (ggml {@code
 * quantize_row_q8_0_ref}): the scale is the largest magnitude ÷ 127, kept as binary16, and numbers
 * are rounded half away from zero. A block with a NaN or an infinity has the scale NaN.
 */
final class Int8Input {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Inputs of a block. */
  static final int BLOCK = 32;

  private static final int LARGEST = 127;

  /** The centre of a half-byte. */
  private static final int CENTRE = 8;

  private final int[] block = new int[BLOCK];
  private int[] numbers = new int[0];
  private int[] bases = new int[0];
  private float[] scales = new float[0];
  private float[] offsets = new float[0];
  private float[] sums = new float[0];

  /** Quantises a row for products in lanes of 16 bits; its length is a multiple of the block's. */
  void quantise(float[] x, int xOffset, int columns) {
    resize(columns);
    for (int b = 0; b < columns / BLOCK; b++) {
      scales[b] = quantiseBlock(x, xOffset + b * BLOCK, block);
      int sum = 0;
      for (int i = 0; i < BLOCK; i++) {
        sum += block[i];
        numbers[b * BLOCK + i] = twice(block[i]);
      }
      bases[b] = twice(-CENTRE * sum);
      offsets[b] = CENTRE * sum;
      sums[b] = scales[b] * sum;
    }
  }

  private void resize(int columns) {
    if (columns > numbers.length) {
      numbers = new int[columns];
      bases = new int[columns / BLOCK];
      scales = new float[columns / BLOCK];
      offsets = new float[columns / BLOCK];
      sums = new float[columns / BLOCK];
    }
  }

  /** Both halves of an int: a load of 32 bits then fills lanes of 16. */
  private static int twice(int number) {
    return number << Short.SIZE | number & 0xFFFF;
  }

  /**
   * Writes what quantisation leaves of a row.
   *
   * @param columns any number; the last block may be shorter
   */
  void round(float[] x, int xOffset, int columns, float[] out, int outOffset) {
    for (int k = 0; k < columns; k += BLOCK) {
      int count = Math.min(BLOCK, columns - k);
      float scale =
          count == BLOCK
              ? quantiseBlock(x, xOffset + k, block)
              : quantiseShort(x, xOffset + k, count, block);
      for (int i = 0; i < count; i++) {
        out[outOffset + k + i] = scale * block[i];
      }
    }
  }

  private static float quantiseShort(float[] x, int from, int count, int[] block) {
    float[] padded = Arrays.copyOf(Arrays.copyOfRange(x, from, from + count), BLOCK);
    return quantiseBlock(padded, 0, block);
  }

  /** Writes a block's numbers and returns its scale. */
  private static float quantiseBlock(float[] x, int from, int[] numbers) {
    int bits = 0; // magnitudes are ordered as their bits are, and NaN is the largest
    for (int i = from; i < from + BLOCK; i++) {
      bits = Math.max(bits, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
    }
    float max = Float.intBitsToFloat(bits);
    float exact = max / LARGEST;
    float inverse = exact == 0 ? 0 : 1 / exact;
    for (int i = 0; i < BLOCK; i += N) {
      FloatVector scaled = FloatVector.fromArray(S, x, from + i).mul(inverse);
      IntVector whole = (IntVector) scaled.convert(VectorOperators.F2I, 0);
      FloatVector rest = scaled.sub((FloatVector) whole.convert(VectorOperators.I2F, 0));
      // a half or more, doubled, is one or more: nothing is rounded on the way
      IntVector away = (IntVector) rest.add(rest).convert(VectorOperators.F2I, 0);
      whole.add(away).intoArray(numbers, i);
    }
    return Float.isFinite(max) ? Float.float16ToFloat(Float.floatToFloat16(exact)) : Float.NaN;
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
