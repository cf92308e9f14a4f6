package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What becomes of a tile's whole sums at the end of a block of inputs: floats, multiplied by the
 * scales of input and weights and added to a tile of floats. Of two sums that share an int the
 * lower belongs to one vector of floats and the upper to the next.
 *
 * <p>A sum becomes a float by its bits: as the lowest bits of a number that is so large that its
 * last place is 1. That number times the input's scale, which has 11 bits, is exact, and so is its
 * subtraction within the multiplication by that scale.
 */
final class Int8Sums {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Short> H = Lanes.WIDE_SHORTS;
  private static final int N = S.length();
  private static final int PANEL = NibblePanels.PANEL;

  /** The lower half of an int. */
  private static final int LOW = 0xFFFF;

  /** What turns a sum's sign over, and the bits of 2^23: the sum is then above 2^23 + 2^15. */
  private static final int BITS = 0x4B00_8000;

  private static final float ZERO = 0x1p23f + 0x1p15f;

  /** As above, with room for an offset: the sum is above 2^23 + 2^22. */
  private static final int SIGN = 0x8000;

  private static final int WIDE_BITS = 0x4B40_0000 - SIGN;
  private static final float WIDE_ZERO = 0x1p23f + 0x1p22f;

  private Int8Sums() {}

  /**
   * Weights without a minimum.
   *
   * @param sums (row × output)
   * @param inputScales of the rows
   * @param scales of the weights, a panel's width
   * @param out (row × output), to which is added
   */
  static void add(
      short[] sums,
      int rows,
      float[] inputScales,
      int inputScale,
      float[] scales,
      int scale,
      float[] out) {
    FloatVector a = FloatVector.fromArray(S, scales, scale);
    FloatVector b = FloatVector.fromArray(S, scales, scale + N);
    FloatVector c = FloatVector.fromArray(S, scales, scale + 2 * N);
    FloatVector d = FloatVector.fromArray(S, scales, scale + 3 * N);
    FloatVector e = FloatVector.fromArray(S, scales, scale + 4 * N);
    FloatVector f = FloatVector.fromArray(S, scales, scale + 5 * N);
    for (int row = 0; row < rows; row++) {
      int at = row * PANEL;
      FloatVector factor = FloatVector.broadcast(S, inputScales[inputScale + row]);
      FloatVector zero = factor.mul(-ZERO);
      IntVector sumsa = ShortVector.fromArray(H, sums, at).reinterpretAsInts();
      sumsa
          .and(LOW)
          .lanewise(XOR, BITS)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(a, FloatVector.fromArray(S, out, at))
          .intoArray(out, at);
      sumsa
          .lanewise(LSHR, 16)
          .lanewise(XOR, BITS)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(b, FloatVector.fromArray(S, out, at + N))
          .intoArray(out, at + N);
      IntVector sumsb = ShortVector.fromArray(H, sums, at + 2 * N).reinterpretAsInts();
      sumsb
          .and(LOW)
          .lanewise(XOR, BITS)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(c, FloatVector.fromArray(S, out, at + 2 * N))
          .intoArray(out, at + 2 * N);
      sumsb
          .lanewise(LSHR, 16)
          .lanewise(XOR, BITS)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(d, FloatVector.fromArray(S, out, at + 3 * N))
          .intoArray(out, at + 3 * N);
      IntVector sumsc = ShortVector.fromArray(H, sums, at + 4 * N).reinterpretAsInts();
      sumsc
          .and(LOW)
          .lanewise(XOR, BITS)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(e, FloatVector.fromArray(S, out, at + 4 * N))
          .intoArray(out, at + 4 * N);
      sumsc
          .lanewise(LSHR, 16)
          .lanewise(XOR, BITS)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(f, FloatVector.fromArray(S, out, at + 5 * N))
          .intoArray(out, at + 5 * N);
    }
  }

  /**
   * Weights with a minimum.
   *
   * @param offsets of the rows: 8 times the sum of a row's numbers, which takes the centring back
   * @param inputSums of the rows: the sum of a row's numbers times their scale
   * @param shifts of the weights, a panel's width
   */
  static void addShifted(
      short[] sums,
      int rows,
      float[] inputScales,
      int[] offsets,
      float[] inputSums,
      int inputScale,
      float[] scales,
      float[] shifts,
      int scale,
      float[] out) {
    FloatVector a = FloatVector.fromArray(S, scales, scale);
    FloatVector b = FloatVector.fromArray(S, scales, scale + N);
    FloatVector c = FloatVector.fromArray(S, scales, scale + 2 * N);
    FloatVector d = FloatVector.fromArray(S, scales, scale + 3 * N);
    FloatVector e = FloatVector.fromArray(S, scales, scale + 4 * N);
    FloatVector f = FloatVector.fromArray(S, scales, scale + 5 * N);
    for (int row = 0; row < rows; row++) {
      int at = row * PANEL;
      FloatVector factor = FloatVector.broadcast(S, inputScales[inputScale + row]);
      FloatVector zero = factor.mul(-WIDE_ZERO);
      IntVector offset = IntVector.broadcast(Lanes.INTS, WIDE_BITS + offsets[inputScale + row]);
      FloatVector sum = FloatVector.broadcast(S, inputSums[inputScale + row]);
      IntVector sumsa = ShortVector.fromArray(H, sums, at).reinterpretAsInts();
      sumsa
          .and(LOW)
          .lanewise(XOR, SIGN)
          .add(offset)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(
              a,
              FloatVector.fromArray(S, shifts, scale).fma(sum, FloatVector.fromArray(S, out, at)))
          .intoArray(out, at);
      sumsa
          .lanewise(LSHR, 16)
          .lanewise(XOR, SIGN)
          .add(offset)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(
              b,
              FloatVector.fromArray(S, shifts, scale + N)
                  .fma(sum, FloatVector.fromArray(S, out, at + N)))
          .intoArray(out, at + N);
      IntVector sumsb = ShortVector.fromArray(H, sums, at + 2 * N).reinterpretAsInts();
      sumsb
          .and(LOW)
          .lanewise(XOR, SIGN)
          .add(offset)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(
              c,
              FloatVector.fromArray(S, shifts, scale + 2 * N)
                  .fma(sum, FloatVector.fromArray(S, out, at + 2 * N)))
          .intoArray(out, at + 2 * N);
      sumsb
          .lanewise(LSHR, 16)
          .lanewise(XOR, SIGN)
          .add(offset)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(
              d,
              FloatVector.fromArray(S, shifts, scale + 3 * N)
                  .fma(sum, FloatVector.fromArray(S, out, at + 3 * N)))
          .intoArray(out, at + 3 * N);
      IntVector sumsc = ShortVector.fromArray(H, sums, at + 4 * N).reinterpretAsInts();
      sumsc
          .and(LOW)
          .lanewise(XOR, SIGN)
          .add(offset)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(
              e,
              FloatVector.fromArray(S, shifts, scale + 4 * N)
                  .fma(sum, FloatVector.fromArray(S, out, at + 4 * N)))
          .intoArray(out, at + 4 * N);
      sumsc
          .lanewise(LSHR, 16)
          .lanewise(XOR, SIGN)
          .add(offset)
          .reinterpretAsFloats()
          .fma(factor, zero)
          .fma(
              f,
              FloatVector.fromArray(S, shifts, scale + 5 * N)
                  .fma(sum, FloatVector.fromArray(S, out, at + 5 * N)))
          .intoArray(out, at + 5 * N);
    }
  }
}
