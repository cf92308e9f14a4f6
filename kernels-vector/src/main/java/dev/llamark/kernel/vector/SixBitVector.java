package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel whose numbers have six bits, as they are packed: each int's
 * numbers are made floats where they stand ({@link Digits}) and multiplied at once, in float and
 * exactly so; a part's sums are multiplied by its scales at its end. {@link PanelMemory} explains
 * the fences.
 */
final class SixBitVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final long BYTES = I.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int[] MASKS = Digits.masks(6);

  /** Numbers of an int. */
  private static final int DIGITS = 5;

  /** Bits of an int's first numbers, which are read in place; the others are shifted there. */
  private static final int SHIFT = 18;

  private static final int INTS_PER_PART = 3;

  /** Numbers of a part beyond its ints, a byte each. */
  private static final int RESTS = 1;

  /** Parts whose rests an int holds. */
  private static final int PARTS_PER_RESTS = Integer.BYTES / RESTS;

  private SixBitVector() {}

  /**
   * Multiplies.
   *
   * @param x input
   * @param numbers where the panel's numbers begin
   * @param apart bytes from one vector of an int to the next
   * @param step bytes from one int to the next
   * @param rests where the parts' rests begin, three vectors of them side by side
   * @param scales (part × output)
   * @param centre what is subtracted from each number
   * @param out to it the sums are added
   */
  static void multiply(
      float[] x,
      int xOffset,
      MemorySegment w,
      long numbers,
      long apart,
      long step,
      long rests,
      float[] scales,
      int parts,
      float centre,
      float[] out,
      int outOffset) {
    IntVector mask0 = IntVector.broadcast(I, MASKS[0]);
    IntVector mask1 = IntVector.broadcast(I, MASKS[1]);
    IntVector mask2 = IntVector.broadcast(I, MASKS[2]);
    IntVector base0 = IntVector.broadcast(I, Digits.base(0));
    IntVector base1 = IntVector.broadcast(I, Digits.base(6));
    IntVector base2 = IntVector.broadcast(I, Digits.base(2 * 6));
    FloatVector zero0 = base0.reinterpretAsFloats().add(centre);
    FloatVector zero1 = base1.reinterpretAsFloats().add(centre);
    FloatVector zero2 = base2.reinterpretAsFloats().add(centre);
    IntVector maskRest = IntVector.broadcast(I, 0xFF);
    FloatVector zero = FloatVector.zero(S);
    FloatVector acc0a = zero;
    FloatVector acc1a = zero;
    FloatVector acc0b = zero;
    FloatVector acc1b = zero;
    FloatVector acc0c = zero;
    FloatVector acc1c = zero;
    long at = numbers;
    long restsAt = rests;
    int k = xOffset;
    IntVector ra = IntVector.zero(I);
    IntVector rb = ra;
    IntVector rc = ra;
    for (int part = 0; part < parts; part++) {
      if (part % PARTS_PER_RESTS == 0) {
        ra = IntVector.fromMemorySegment(I, w, restsAt, ORDER);
        rb = IntVector.fromMemorySegment(I, w, restsAt + BYTES, ORDER);
        rc = IntVector.fromMemorySegment(I, w, restsAt + 2 * BYTES, ORDER);
        restsAt += 3 * BYTES;
      }
      for (int i = 0; i < INTS_PER_PART; i++, at += step, k += DIGITS) {
        IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
        VarHandle.loadLoadFence();
        IntVector wb = IntVector.fromMemorySegment(I, w, at + apart, ORDER);
        VarHandle.loadLoadFence();
        IntVector wc = IntVector.fromMemorySegment(I, w, at + 2 * apart, ORDER);
        VarHandle.loadLoadFence();
        FloatVector x0 = FloatVector.broadcast(S, x[k]);
        acc0a = wa.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x0, acc0a);
        acc0b = wb.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x0, acc0b);
        acc0c = wc.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x0, acc0c);
        FloatVector x1 = FloatVector.broadcast(S, x[k + 1]);
        acc1a = wa.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x1, acc1a);
        acc1b = wb.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x1, acc1b);
        acc1c = wc.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x1, acc1c);
        FloatVector x2 = FloatVector.broadcast(S, x[k + 2]);
        acc0a = wa.and(mask2).or(base2).reinterpretAsFloats().sub(zero2).fma(x2, acc0a);
        acc0b = wb.and(mask2).or(base2).reinterpretAsFloats().sub(zero2).fma(x2, acc0b);
        acc0c = wc.and(mask2).or(base2).reinterpretAsFloats().sub(zero2).fma(x2, acc0c);
        wa = wa.lanewise(LSHR, SHIFT);
        wb = wb.lanewise(LSHR, SHIFT);
        wc = wc.lanewise(LSHR, SHIFT);
        FloatVector x3 = FloatVector.broadcast(S, x[k + 3]);
        acc1a = wa.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x3, acc1a);
        acc1b = wb.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x3, acc1b);
        acc1c = wc.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x3, acc1c);
        FloatVector x4 = FloatVector.broadcast(S, x[k + 4]);
        acc0a = wa.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x4, acc0a);
        acc0b = wb.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x4, acc0b);
        acc0c = wc.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x4, acc0c);
      }

      // end of a part
      FloatVector y0 = FloatVector.broadcast(S, x[k]);
      acc0a = ra.and(maskRest).or(base0).reinterpretAsFloats().sub(zero0).fma(y0, acc0a);
      acc0b = rb.and(maskRest).or(base0).reinterpretAsFloats().sub(zero0).fma(y0, acc0b);
      acc0c = rc.and(maskRest).or(base0).reinterpretAsFloats().sub(zero0).fma(y0, acc0c);
      ra = ra.lanewise(LSHR, Byte.SIZE);
      rb = rb.lanewise(LSHR, Byte.SIZE);
      rc = rc.lanewise(LSHR, Byte.SIZE);
      int scale = part * WIDTH;
      FloatVector.fromArray(S, scales, scale)
          .fma(acc0a.add(acc1a), FloatVector.fromArray(S, out, outOffset))
          .intoArray(out, outOffset);
      FloatVector.fromArray(S, scales, scale + N)
          .fma(acc0b.add(acc1b), FloatVector.fromArray(S, out, outOffset + N))
          .intoArray(out, outOffset + N);
      FloatVector.fromArray(S, scales, scale + 2 * N)
          .fma(acc0c.add(acc1c), FloatVector.fromArray(S, out, outOffset + 2 * N))
          .intoArray(out, outOffset + 2 * N);
      acc0a = zero;
      acc1a = zero;
      acc0b = zero;
      acc1b = zero;
      acc0c = zero;
      acc1c = zero;
      k += RESTS;
    }
  }
}
