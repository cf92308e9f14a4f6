package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;

/**
 * The 16-bit floats of {@link HalfPanels} made floats, in the order in which they lie. {@link
 * PanelMemory} explains the fences.
 */
final class HalfNumbers {

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** A bfloat16 is the upper half of a float. */
  static final int BF16_SHIFT = 16;

  /** What the exponents' biases of binary16 and float differ by, as a factor. */
  static final float BIAS = 0x1p112f;

  /** The same after {@link #raise}. */
  static final float RAISED_BIAS = 0x1p102f;

  private static final int RAISED = 10;

  /** Of both numbers of a pair. */
  private static final int MAGNITUDES = 0x7FFF_7FFF;

  private static final int SIGNS = 0x8000_8000;

  private HalfNumbers() {}

  /** Whether there is an infinity or NaN among pairs of binary16. */
  static boolean haveSpecial(int[] pairs) {
    return reach(pairs, 31);
  }

  /** Whether {@link #raise} would take pairs of binary16 to infinity. */
  static boolean tooLargeToRaise(int[] pairs) {
    return reach(pairs, 31 - RAISED);
  }

  /** Whether there is a number of this exponent or more. */
  private static boolean reach(int[] pairs, int exponent) {
    int carry = (32 - exponent << 10) * 0x1_0001;
    int carried = 0;
    for (int pair : pairs) {
      carried |= (pair & MAGNITUDES) + carry; // into the place of the sign
    }
    return (carried & SIGNS) != 0;
  }

  /**
   * Multiplies pairs of binary16 by 2^10, exactly, after which none is subnormal: some CPUs take a
   * hundred cycles to multiply a float that is. Zeros keep their signs.
   *
   * @param pairs a multiple of the vector length, none {@link #tooLargeToRaise}
   */
  static void raise(int[] pairs) {
    for (int i = 0; i < pairs.length; i += Lanes.COUNT) {
      IntVector pair = IntVector.fromArray(Lanes.INTS, pairs, i);
      IntVector low = raised(pair.lanewise(LSHL, 16).lanewise(ASHR, 16));
      IntVector high = raised(pair.lanewise(ASHR, 16));
      high.lanewise(LSHL, 16).or(low).or(pair.and(SIGNS)).intoArray(pairs, i);
    }
  }

  /** The magnitude of a product in binary16. */
  private static IntVector raised(IntVector half) {
    return Lanes.fromFiniteHalf(half.and(0x7FFF))
        .mul(0x1p10f)
        .reinterpretAsInts()
        .lanewise(LSHR, 13)
        .sub(112 << 10)
        .max(0);
  }

  /**
   * Binary16 without infinities and NaN, of the three vectors of a panel. Exponents of binary16 are
   * biased by 15 and those of a float by 127: what is missing is multiplied, which brings
   * subnormals right too.
   *
   * @param from where the first pair begins in {@code data}
   * @param apart bytes from one vector of a pair to the next
   * @param step bytes from one pair to the next
   * @param toa where the floats of the first vector of outputs begin in {@code out}
   * @param tob where those of the second vector begin
   * @param toc where those of the third vector begin
   * @param bias {@link #BIAS} or, of what was raised, {@link #RAISED_BIAS}
   * @param row bytes from one input's floats to the next one's
   */
  static void f16(
      MemorySegment data,
      long from,
      long apart,
      long step,
      int pairs,
      float bias,
      MemorySegment out,
      long toa,
      long tob,
      long toc,
      long row) {
    for (int i = 0; i < pairs; i++) {
      long at = from + i * step;
      IntVector wa = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(Lanes.INTS, data, at + apart, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(Lanes.INTS, data, at + 2 * apart, ORDER);
      VarHandle.loadLoadFence();
      long even = 2 * i * row;
      long odd = even + row;
      wa.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(bias)
          .intoMemorySegment(out, toa + even, ORDER);
      wb.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(bias)
          .intoMemorySegment(out, tob + even, ORDER);
      wc.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(bias)
          .intoMemorySegment(out, toc + even, ORDER);
      wa.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(bias)
          .intoMemorySegment(out, toa + odd, ORDER);
      wb.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(bias)
          .intoMemorySegment(out, tob + odd, ORDER);
      wc.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(bias)
          .intoMemorySegment(out, toc + odd, ORDER);
    }
  }

  /** Any binary16, of one vector of outputs. */
  static void special(
      MemorySegment data, long from, long step, int pairs, MemorySegment out, long to, long row) {
    for (int i = 0; i < pairs; i++) {
      IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, data, from + i * step, ORDER);
      Lanes.fromHalf(pair.lanewise(LSHL, 16).lanewise(ASHR, 16))
          .intoMemorySegment(out, to + 2 * i * row, ORDER);
      Lanes.fromHalf(pair.lanewise(ASHR, 16)).intoMemorySegment(out, to + (2 * i + 1) * row, ORDER);
    }
  }

  /** Bfloat16, of the three vectors of a panel; the parameters are those of {@link #f16}. */
  static void bf16(
      MemorySegment data,
      long from,
      long apart,
      long step,
      int pairs,
      MemorySegment out,
      long toa,
      long tob,
      long toc,
      long row) {
    for (int i = 0; i < pairs; i++) {
      long at = from + i * step;
      IntVector wa = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(Lanes.INTS, data, at + apart, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(Lanes.INTS, data, at + 2 * apart, ORDER);
      VarHandle.loadLoadFence();
      long even = 2 * i * row;
      long odd = even + row;
      wa.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, toa + even, ORDER);
      wb.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, tob + even, ORDER);
      wc.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, toc + even, ORDER);
      wa.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, toa + odd, ORDER);
      wb.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, tob + odd, ORDER);
      wc.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, toc + odd, ORDER);
    }
  }
}
