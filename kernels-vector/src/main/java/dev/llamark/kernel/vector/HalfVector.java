package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a section of a panel of 16-bit floats, (input pair × output × 2), as it is
 * packed. Two inputs of an output share an int, because shifts and masks of whole vectors are cheap
 * and widening moves are not. {@link PanelMemory} explains the fences.
 */
final class HalfVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** An upper half: its sign and the rest of it, where a float has exponent and fraction. */
  static final int SIGN_AND_MAGNITUDE = 0x8FFF_E000;

  /** The second of the two inputs in an int, as a bfloat16 already a float. */
  static final int UPPER = 0xFFFF_0000;

  private HalfVector() {}

  /**
   * Binary16 without infinities and NaN.
   *
   * @param from where the panel's pairs begin
   * @param apart bytes from one vector of a pair to the next
   * @param step bytes from one pair to the next
   * @param bias as in {@link HalfNumbers#f16}
   * @param out to it the sums are added
   */
  static void f16(
      float[] x,
      int xOffset,
      MemorySegment w,
      long from,
      long apart,
      long step,
      int pairs,
      float bias,
      float[] out,
      int outOffset) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc0c = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc1c = FloatVector.zero(S);
    for (int i = 0; i < pairs; i++) {
      long at = from + i * step;
      int k = xOffset + 2 * i;
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      FloatVector x1 = FloatVector.broadcast(S, x[k + 1]);
      IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(I, w, at + apart, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(I, w, at + 2 * apart, ORDER);
      VarHandle.loadLoadFence();
      acc0a =
          wa.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(bias)
              .fma(x0, acc0a);
      acc0b =
          wb.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(bias)
              .fma(x0, acc0b);
      acc0c =
          wc.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(bias)
              .fma(x0, acc0c);
      acc1a =
          wa.lanewise(VectorOperators.ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(bias)
              .fma(x1, acc1a);
      acc1b =
          wb.lanewise(VectorOperators.ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(bias)
              .fma(x1, acc1b);
      acc1c =
          wc.lanewise(VectorOperators.ASHR, 3)
              .and(SIGN_AND_MAGNITUDE)
              .reinterpretAsFloats()
              .mul(bias)
              .fma(x1, acc1c);
    }

    // reduce
    acc0a.add(acc1a).add(FloatVector.fromArray(S, out, outOffset)).intoArray(out, outOffset);
    acc0b
        .add(acc1b)
        .add(FloatVector.fromArray(S, out, outOffset + N))
        .intoArray(out, outOffset + N);
    acc0c
        .add(acc1c)
        .add(FloatVector.fromArray(S, out, outOffset + 2 * N))
        .intoArray(out, outOffset + 2 * N);
  }

  /** Bfloat16: the upper half of a float; the parameters are those of {@link #f16}. */
  static void bf16(
      float[] x,
      int xOffset,
      MemorySegment w,
      long from,
      long apart,
      long step,
      int pairs,
      float[] out,
      int outOffset) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc0c = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc1c = FloatVector.zero(S);
    for (int i = 0; i < pairs; i++) {
      long at = from + i * step;
      int k = xOffset + 2 * i;
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      FloatVector x1 = FloatVector.broadcast(S, x[k + 1]);
      IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(I, w, at + apart, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(I, w, at + 2 * apart, ORDER);
      VarHandle.loadLoadFence();
      acc0a = wa.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, acc0a);
      acc0b = wb.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, acc0b);
      acc0c = wc.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, acc0c);
      acc1a = wa.and(UPPER).reinterpretAsFloats().fma(x1, acc1a);
      acc1b = wb.and(UPPER).reinterpretAsFloats().fma(x1, acc1b);
      acc1c = wc.and(UPPER).reinterpretAsFloats().fma(x1, acc1c);
    }

    // reduce
    acc0a.add(acc1a).add(FloatVector.fromArray(S, out, outOffset)).intoArray(out, outOffset);
    acc0b
        .add(acc1b)
        .add(FloatVector.fromArray(S, out, outOffset + N))
        .intoArray(out, outOffset + N);
    acc0c
        .add(acc1c)
        .add(FloatVector.fromArray(S, out, outOffset + 2 * N))
        .intoArray(out, outOffset + 2 * N);
  }
}
