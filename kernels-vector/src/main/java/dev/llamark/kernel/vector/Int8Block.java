package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A block of 32 activations quantised to int8, as Q8_0 does (ggml {@code quantize_row_q8_0_ref}):
 * the scale is the largest magnitude ÷ 127, kept as binary16, and numbers are rounded half away
 * from zero. A block with a NaN or an infinity has the scale NaN. A number stands in both halves of
 * an int: a load of 32 bits then fills lanes of 16.
 */
final class Int8Block {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Inputs of a block. */
  static final int SIZE = 32;

  /** The centre of a half-byte. */
  static final int CENTRE = 8;

  private static final int LARGEST = 127;

  private Int8Block() {}

  /** Writes a block's numbers, each twice, and returns its scale. */
  static float quantise(float[] x, int from, int[] numbers, int to) {
    IntVector largest = IntVector.zero(Lanes.INTS);
    for (int i = 0; i < SIZE; i += N) {
      // magnitudes are ordered as their bits are, and NaN is the largest
      IntVector bits = FloatVector.fromArray(S, x, from + i).reinterpretAsInts();
      largest = largest.max(bits.and(Integer.MAX_VALUE));
    }
    float max = Float.intBitsToFloat(largest.reduceLanes(MAX));
    float exact = max / LARGEST;
    float inverse = exact == 0 ? 0 : 1 / exact;
    for (int i = 0; i < SIZE; i += N) {
      FloatVector scaled = FloatVector.fromArray(S, x, from + i).mul(inverse);
      IntVector whole = (IntVector) scaled.convert(F2I, 0);
      FloatVector rest = scaled.sub((FloatVector) whole.convert(I2F, 0));
      // a half or more, doubled, is one or more: nothing is rounded on the way
      IntVector number = whole.add((IntVector) rest.add(rest).convert(F2I, 0));
      number.lanewise(LSHL, 16).or(number.and(0xFFFF)).intoArray(numbers, to + i);
    }
    return Float.isFinite(max) ? Float.float16ToFloat(Float.floatToFloat16(exact)) : Float.NaN;
  }

  /** Writes what a block's numbers, each of which stands twice in its int, stand for. */
  static void scale(int[] numbers, float scale, float[] out, int to) {
    for (int i = 0; i < SIZE; i += N) {
      IntVector number = IntVector.fromArray(Lanes.INTS, numbers, i).lanewise(ASHR, Short.SIZE);
      ((FloatVector) number.convert(I2F, 0)).mul(scale).intoArray(out, to + i);
    }
  }

  /** The sum of so many numbers, each of which stands twice in its int. */
  static int sum(int[] numbers, int from, int count) {
    int sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += numbers[i] >> Short.SIZE;
    }
    return sum;
  }

  /** A number that stands in both halves of an int. */
  static int twice(int number) {
    return number << Short.SIZE | number & 0xFFFF;
  }
}
