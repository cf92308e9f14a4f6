package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

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

  /** Bytes of an input pair of a panel. */
  private static final long ROW = (long) VectorWeights.WIDTH * Integer.BYTES;

  private static final long VECTOR = Lanes.INTS.vectorByteSize();

  /** A bfloat16 is the upper half of a float. */
  static final int BF16_SHIFT = 16;

  private HalfNumbers() {}

  /**
   * Binary16 without infinities and NaN, of the three vectors of a panel: {@link Lanes#fromHalf}
   * says why the product is right.
   *
   * @param from where the first pair begins in {@code data}
   * @param toa where the floats of the first vector of outputs begin in {@code out}
   * @param tob where those of the second vector begin
   * @param toc where those of the third vector begin
   * @param step bytes from one input's floats to the next one's
   */
  static void f16(
      MemorySegment data,
      long from,
      int pairs,
      MemorySegment out,
      long toa,
      long tob,
      long toc,
      long step) {
    for (int i = 0; i < pairs; i++) {
      long at = from + i * ROW;
      IntVector wa = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(Lanes.INTS, data, at + VECTOR, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(Lanes.INTS, data, at + 2 * VECTOR, ORDER);
      VarHandle.loadLoadFence();
      long even = 2 * i * step;
      long odd = even + step;
      wa.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toa + even, ORDER);
      wb.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, tob + even, ORDER);
      wc.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toc + even, ORDER);
      wa.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toa + odd, ORDER);
      wb.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, tob + odd, ORDER);
      wc.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toc + odd, ORDER);
    }
  }

  /** Any binary16, of one vector of outputs. */
  static void special(
      MemorySegment data, long from, int pairs, MemorySegment out, long to, long step) {
    for (int i = 0; i < pairs; i++) {
      IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, data, from + i * ROW, ORDER);
      Lanes.fromHalf(pair.lanewise(LSHL, 16).lanewise(ASHR, 16))
          .intoMemorySegment(out, to + 2 * i * step, ORDER);
      Lanes.fromHalf(pair.lanewise(ASHR, 16))
          .intoMemorySegment(out, to + (2 * i + 1) * step, ORDER);
    }
  }

  /** Bfloat16, of the three vectors of a panel; the parameters are those of {@link #f16}. */
  static void bf16(
      MemorySegment data,
      long from,
      int pairs,
      MemorySegment out,
      long toa,
      long tob,
      long toc,
      long step) {
    for (int i = 0; i < pairs; i++) {
      long at = from + i * ROW;
      IntVector wa = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(Lanes.INTS, data, at + VECTOR, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(Lanes.INTS, data, at + 2 * VECTOR, ORDER);
      VarHandle.loadLoadFence();
      long even = 2 * i * step;
      long odd = even + step;
      wa.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, toa + even, ORDER);
      wb.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, tob + even, ORDER);
      wc.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, toc + even, ORDER);
      wa.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, toa + odd, ORDER);
      wb.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, tob + odd, ORDER);
      wc.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, toc + odd, ORDER);
    }
  }
}
