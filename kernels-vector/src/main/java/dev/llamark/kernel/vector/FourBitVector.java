package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel whose numbers have four bits, as they are packed: each int's
 * numbers are made floats where they stand ({@link Digits}) and multiplied at once, in float and
 * exactly so; a part's sums are multiplied by its scales at its end. {@link PanelMemory} explains
 * the fences.
 */
final class FourBitVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int[] MASKS = Digits.masks(4);

  /** Numbers of an int. */
  private static final int DIGITS = 8;

  /** Bits of an int's first numbers, which are read in place; the others are shifted there. */
  private static final int SHIFT = 16;

  private static final int INTS_PER_PART = 4;

  private FourBitVector() {}

  /**
   * Multiplies.
   *
   * @param x input
   * @param numbers where the panel's numbers begin
   * @param apart bytes from one vector of an int to the next
   * @param step bytes from one int to the next
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
      float[] scales,
      int parts,
      float centre,
      float[] out,
      int outOffset) {
    IntVector mask0 = IntVector.broadcast(I, MASKS[0]);
    IntVector mask1 = IntVector.broadcast(I, MASKS[1]);
    IntVector mask2 = IntVector.broadcast(I, MASKS[2]);
    IntVector mask3 = IntVector.broadcast(I, MASKS[3]);
    IntVector base0 = IntVector.broadcast(I, Digits.base(0));
    IntVector base1 = IntVector.broadcast(I, Digits.base(4));
    IntVector base2 = IntVector.broadcast(I, Digits.base(2 * 4));
    IntVector base3 = IntVector.broadcast(I, Digits.base(3 * 4));
    FloatVector zero0 = base0.reinterpretAsFloats().add(centre);
    FloatVector zero1 = base1.reinterpretAsFloats().add(centre);
    FloatVector zero2 = base2.reinterpretAsFloats().add(centre);
    FloatVector zero3 = base3.reinterpretAsFloats().add(centre);
    FloatVector suma = FloatVector.fromArray(S, out, outOffset);
    FloatVector sumb = FloatVector.fromArray(S, out, outOffset + N);
    FloatVector sumc = FloatVector.fromArray(S, out, outOffset + 2 * N);
    FloatVector zero = FloatVector.zero(S);
    FloatVector acc0a = zero;
    FloatVector acc1a = zero;
    FloatVector acc0b = zero;
    FloatVector acc1b = zero;
    FloatVector acc0c = zero;
    FloatVector acc1c = zero;
    long at = numbers;
    int k = xOffset;
    for (int part = 0; part < parts; part++) {
      for (int i = 0; i < INTS_PER_PART; i++, at += step, k += DIGITS) {
        IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
        IntVector wb = IntVector.fromMemorySegment(I, w, at + apart, ORDER);
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
        FloatVector x3 = FloatVector.broadcast(S, x[k + 3]);
        acc1a = wa.and(mask3).or(base3).reinterpretAsFloats().sub(zero3).fma(x3, acc1a);
        acc1b = wb.and(mask3).or(base3).reinterpretAsFloats().sub(zero3).fma(x3, acc1b);
        acc1c = wc.and(mask3).or(base3).reinterpretAsFloats().sub(zero3).fma(x3, acc1c);
        wa = wa.lanewise(LSHR, SHIFT);
        wb = wb.lanewise(LSHR, SHIFT);
        wc = wc.lanewise(LSHR, SHIFT);
        FloatVector x4 = FloatVector.broadcast(S, x[k + 4]);
        acc0a = wa.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x4, acc0a);
        acc0b = wb.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x4, acc0b);
        acc0c = wc.and(mask0).or(base0).reinterpretAsFloats().sub(zero0).fma(x4, acc0c);
        FloatVector x5 = FloatVector.broadcast(S, x[k + 5]);
        acc1a = wa.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x5, acc1a);
        acc1b = wb.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x5, acc1b);
        acc1c = wc.and(mask1).or(base1).reinterpretAsFloats().sub(zero1).fma(x5, acc1c);
        FloatVector x6 = FloatVector.broadcast(S, x[k + 6]);
        acc0a = wa.and(mask2).or(base2).reinterpretAsFloats().sub(zero2).fma(x6, acc0a);
        acc0b = wb.and(mask2).or(base2).reinterpretAsFloats().sub(zero2).fma(x6, acc0b);
        acc0c = wc.and(mask2).or(base2).reinterpretAsFloats().sub(zero2).fma(x6, acc0c);
        FloatVector x7 = FloatVector.broadcast(S, x[k + 7]);
        acc1a = wa.and(mask3).or(base3).reinterpretAsFloats().sub(zero3).fma(x7, acc1a);
        acc1b = wb.and(mask3).or(base3).reinterpretAsFloats().sub(zero3).fma(x7, acc1b);
        acc1c = wc.and(mask3).or(base3).reinterpretAsFloats().sub(zero3).fma(x7, acc1c);
      }

      // end of a part
      int scale = part * WIDTH;
      suma = FloatVector.fromArray(S, scales, scale).fma(acc0a.add(acc1a), suma);
      sumb = FloatVector.fromArray(S, scales, scale + N).fma(acc0b.add(acc1b), sumb);
      sumc = FloatVector.fromArray(S, scales, scale + 2 * N).fma(acc0c.add(acc1c), sumc);
      acc0a = zero;
      acc1a = zero;
      acc0b = zero;
      acc1b = zero;
      acc0c = zero;
      acc1c = zero;
    }

    // store
    suma.intoArray(out, outOffset);
    sumb.intoArray(out, outOffset + N);
    sumc.intoArray(out, outOffset + 2 * N);
  }
}
