package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel whose numbers have four bits, as they are packed: each int's
 * numbers are shifted out, made floats and multiplied at once, in float and exactly so; a part's
 * sums are multiplied by its scales at its end. The totals stay in memory: there are 16 registers,
 * and a sum that is spilled on each round costs more than all the rest. The fences of {@link
 * PanelTile} keep the inputs' loads where they stand.
 */
final class FourBitVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long VECTOR = I.vectorByteSize();

  /** Numbers of an int. */
  private static final int DIGITS = 8;

  private static final int INTS_PER_PART = 4;

  private FourBitVector() {}

  /**
   * Numbers from −8 to 7.
   *
   * @param x input; the panel's numbers are (int × output) from byte {@code numbers} on
   * @param scales (part × output)
   * @param out to it the sums are added
   */
  static void signed(
      float[] x,
      int xOffset,
      MemorySegment w,
      long numbers,
      float[] scales,
      int parts,
      float[] out,
      int outOffset) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector acc0a = zero;
    FloatVector acc1a = zero;
    FloatVector acc0b = zero;
    FloatVector acc1b = zero;
    FloatVector acc0c = zero;
    FloatVector acc1c = zero;
    int left = INTS_PER_PART;
    int part = 0;
    for (int i = 0; i < parts * INTS_PER_PART; i++) {
      long at = numbers + i * 3 * VECTOR;
      int k = xOffset + i * DIGITS;
      IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
      IntVector wb = IntVector.fromMemorySegment(I, w, at + VECTOR, ORDER);
      IntVector wc = IntVector.fromMemorySegment(I, w, at + 2 * VECTOR, ORDER);
      VarHandle.loadLoadFence();
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc0a =
          ((FloatVector) wa.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).fma(x0, acc0a);
      acc0b =
          ((FloatVector) wb.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).fma(x0, acc0b);
      acc0c =
          ((FloatVector) wc.lanewise(LSHL, 28).lanewise(ASHR, 28).convert(I2F, 0)).fma(x0, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[k + 1]);
      acc1a =
          ((FloatVector) wa.lanewise(LSHL, 24).lanewise(ASHR, 28).convert(I2F, 0)).fma(x1, acc1a);
      acc1b =
          ((FloatVector) wb.lanewise(LSHL, 24).lanewise(ASHR, 28).convert(I2F, 0)).fma(x1, acc1b);
      acc1c =
          ((FloatVector) wc.lanewise(LSHL, 24).lanewise(ASHR, 28).convert(I2F, 0)).fma(x1, acc1c);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2]);
      acc0a =
          ((FloatVector) wa.lanewise(LSHL, 20).lanewise(ASHR, 28).convert(I2F, 0)).fma(x2, acc0a);
      acc0b =
          ((FloatVector) wb.lanewise(LSHL, 20).lanewise(ASHR, 28).convert(I2F, 0)).fma(x2, acc0b);
      acc0c =
          ((FloatVector) wc.lanewise(LSHL, 20).lanewise(ASHR, 28).convert(I2F, 0)).fma(x2, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3]);
      acc1a =
          ((FloatVector) wa.lanewise(LSHL, 16).lanewise(ASHR, 28).convert(I2F, 0)).fma(x3, acc1a);
      acc1b =
          ((FloatVector) wb.lanewise(LSHL, 16).lanewise(ASHR, 28).convert(I2F, 0)).fma(x3, acc1b);
      acc1c =
          ((FloatVector) wc.lanewise(LSHL, 16).lanewise(ASHR, 28).convert(I2F, 0)).fma(x3, acc1c);
      VarHandle.loadLoadFence();
      FloatVector x4 = FloatVector.broadcast(S, x[k + 4]);
      acc0a =
          ((FloatVector) wa.lanewise(LSHL, 12).lanewise(ASHR, 28).convert(I2F, 0)).fma(x4, acc0a);
      acc0b =
          ((FloatVector) wb.lanewise(LSHL, 12).lanewise(ASHR, 28).convert(I2F, 0)).fma(x4, acc0b);
      acc0c =
          ((FloatVector) wc.lanewise(LSHL, 12).lanewise(ASHR, 28).convert(I2F, 0)).fma(x4, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x5 = FloatVector.broadcast(S, x[k + 5]);
      acc1a =
          ((FloatVector) wa.lanewise(LSHL, 8).lanewise(ASHR, 28).convert(I2F, 0)).fma(x5, acc1a);
      acc1b =
          ((FloatVector) wb.lanewise(LSHL, 8).lanewise(ASHR, 28).convert(I2F, 0)).fma(x5, acc1b);
      acc1c =
          ((FloatVector) wc.lanewise(LSHL, 8).lanewise(ASHR, 28).convert(I2F, 0)).fma(x5, acc1c);
      VarHandle.loadLoadFence();
      FloatVector x6 = FloatVector.broadcast(S, x[k + 6]);
      acc0a =
          ((FloatVector) wa.lanewise(LSHL, 4).lanewise(ASHR, 28).convert(I2F, 0)).fma(x6, acc0a);
      acc0b =
          ((FloatVector) wb.lanewise(LSHL, 4).lanewise(ASHR, 28).convert(I2F, 0)).fma(x6, acc0b);
      acc0c =
          ((FloatVector) wc.lanewise(LSHL, 4).lanewise(ASHR, 28).convert(I2F, 0)).fma(x6, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x7 = FloatVector.broadcast(S, x[k + 7]);
      acc1a = ((FloatVector) wa.lanewise(ASHR, 28).convert(I2F, 0)).fma(x7, acc1a);
      acc1b = ((FloatVector) wb.lanewise(ASHR, 28).convert(I2F, 0)).fma(x7, acc1b);
      acc1c = ((FloatVector) wc.lanewise(ASHR, 28).convert(I2F, 0)).fma(x7, acc1c);

      // end of a part
      if (--left == 0) {
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
        left = INTS_PER_PART;
        part++;
      }
    }
  }

  /**
   * Numbers from 0 to 15.
   *
   * @param x input; the panel's numbers are (int × output) from byte {@code numbers} on
   * @param scales (part × output)
   * @param out to it the sums are added
   */
  static void unsigned(
      float[] x,
      int xOffset,
      MemorySegment w,
      long numbers,
      float[] scales,
      int parts,
      float[] out,
      int outOffset) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector acc0a = zero;
    FloatVector acc1a = zero;
    FloatVector acc0b = zero;
    FloatVector acc1b = zero;
    FloatVector acc0c = zero;
    FloatVector acc1c = zero;
    int left = INTS_PER_PART;
    int part = 0;
    for (int i = 0; i < parts * INTS_PER_PART; i++) {
      long at = numbers + i * 3 * VECTOR;
      int k = xOffset + i * DIGITS;
      IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
      IntVector wb = IntVector.fromMemorySegment(I, w, at + VECTOR, ORDER);
      IntVector wc = IntVector.fromMemorySegment(I, w, at + 2 * VECTOR, ORDER);
      VarHandle.loadLoadFence();
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc0a = ((FloatVector) wa.and(0xF).convert(I2F, 0)).fma(x0, acc0a);
      acc0b = ((FloatVector) wb.and(0xF).convert(I2F, 0)).fma(x0, acc0b);
      acc0c = ((FloatVector) wc.and(0xF).convert(I2F, 0)).fma(x0, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[k + 1]);
      acc1a = ((FloatVector) wa.lanewise(LSHR, 4).and(0xF).convert(I2F, 0)).fma(x1, acc1a);
      acc1b = ((FloatVector) wb.lanewise(LSHR, 4).and(0xF).convert(I2F, 0)).fma(x1, acc1b);
      acc1c = ((FloatVector) wc.lanewise(LSHR, 4).and(0xF).convert(I2F, 0)).fma(x1, acc1c);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2]);
      acc0a = ((FloatVector) wa.lanewise(LSHR, 8).and(0xF).convert(I2F, 0)).fma(x2, acc0a);
      acc0b = ((FloatVector) wb.lanewise(LSHR, 8).and(0xF).convert(I2F, 0)).fma(x2, acc0b);
      acc0c = ((FloatVector) wc.lanewise(LSHR, 8).and(0xF).convert(I2F, 0)).fma(x2, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3]);
      acc1a = ((FloatVector) wa.lanewise(LSHR, 12).and(0xF).convert(I2F, 0)).fma(x3, acc1a);
      acc1b = ((FloatVector) wb.lanewise(LSHR, 12).and(0xF).convert(I2F, 0)).fma(x3, acc1b);
      acc1c = ((FloatVector) wc.lanewise(LSHR, 12).and(0xF).convert(I2F, 0)).fma(x3, acc1c);
      VarHandle.loadLoadFence();
      FloatVector x4 = FloatVector.broadcast(S, x[k + 4]);
      acc0a = ((FloatVector) wa.lanewise(LSHR, 16).and(0xF).convert(I2F, 0)).fma(x4, acc0a);
      acc0b = ((FloatVector) wb.lanewise(LSHR, 16).and(0xF).convert(I2F, 0)).fma(x4, acc0b);
      acc0c = ((FloatVector) wc.lanewise(LSHR, 16).and(0xF).convert(I2F, 0)).fma(x4, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x5 = FloatVector.broadcast(S, x[k + 5]);
      acc1a = ((FloatVector) wa.lanewise(LSHR, 20).and(0xF).convert(I2F, 0)).fma(x5, acc1a);
      acc1b = ((FloatVector) wb.lanewise(LSHR, 20).and(0xF).convert(I2F, 0)).fma(x5, acc1b);
      acc1c = ((FloatVector) wc.lanewise(LSHR, 20).and(0xF).convert(I2F, 0)).fma(x5, acc1c);
      VarHandle.loadLoadFence();
      FloatVector x6 = FloatVector.broadcast(S, x[k + 6]);
      acc0a = ((FloatVector) wa.lanewise(LSHR, 24).and(0xF).convert(I2F, 0)).fma(x6, acc0a);
      acc0b = ((FloatVector) wb.lanewise(LSHR, 24).and(0xF).convert(I2F, 0)).fma(x6, acc0b);
      acc0c = ((FloatVector) wc.lanewise(LSHR, 24).and(0xF).convert(I2F, 0)).fma(x6, acc0c);
      VarHandle.loadLoadFence();
      FloatVector x7 = FloatVector.broadcast(S, x[k + 7]);
      acc1a = ((FloatVector) wa.lanewise(LSHR, 28).convert(I2F, 0)).fma(x7, acc1a);
      acc1b = ((FloatVector) wb.lanewise(LSHR, 28).convert(I2F, 0)).fma(x7, acc1b);
      acc1c = ((FloatVector) wc.lanewise(LSHR, 28).convert(I2F, 0)).fma(x7, acc1c);

      // end of a part
      if (--left == 0) {
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
        left = INTS_PER_PART;
        part++;
      }
    }
  }
}
