package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A row of int8 times a panel whose numbers have six bits, in whole numbers: the five numbers of an
 * int are not taken apart ({@link Int8Input}). {@link PanelMemory} explains the fences.
 */
final class Int8SixBitVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final long BYTES = I.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int BITS = 6;

  /** Numbers of an int. */
  private static final int DIGITS = 5;

  private static final int INTS_PER_PART = 3;

  /** Numbers of a part beyond its ints, a byte each. */
  private static final int RESTS = 1;

  /** Parts whose rests an int holds. */
  private static final int PARTS_PER_RESTS = Integer.BYTES / RESTS;

  private static final int PARTS_PER_BLOCK = Int8Block.SIZE / (INTS_PER_PART * DIGITS + RESTS);

  private Int8SixBitVector() {}

  /**
   * Multiplies.
   *
   * @param first number of the first part in the row
   * @param numbers where they begin
   * @param apart bytes from one vector of an int to the next
   * @param step bytes from one int to the next
   * @param rests where the parts' rests begin, three vectors of them side by side
   * @param scales of the weights, (part × output)
   * @param out to it the sums are added
   */
  static void multiply(
      Int8Input input,
      int first,
      MemorySegment w,
      long numbers,
      long apart,
      long step,
      long rests,
      float[] scales,
      int parts,
      float[] out,
      int outOffset) {
    int[] factors = input.factors(BITS);
    int[] bases = input.bases(BITS);
    float[] inputScales = input.scales();
    long at = numbers;
    long restsAt = rests;
    int k = first * (INTS_PER_PART * DIGITS + RESTS);
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
      IntVector acca = IntVector.broadcast(I, bases[first + part]);
      IntVector accb = acca;
      IntVector accc = acca;
      for (int i = 0; i < INTS_PER_PART; i++, at += step, k += DIGITS) {
        IntVector wa = IntVector.fromMemorySegment(I, w, at, ORDER);
        IntVector wb = IntVector.fromMemorySegment(I, w, at + apart, ORDER);
        IntVector wc = IntVector.fromMemorySegment(I, w, at + 2 * apart, ORDER);
        VarHandle.loadLoadFence();
        IntVector f0 = IntVector.broadcast(I, factors[k]);
        acca = acca.add(wa.mul(f0));
        accb = accb.add(wb.mul(f0));
        accc = accc.add(wc.mul(f0));
        IntVector f1 = IntVector.broadcast(I, factors[k + 1]);
        acca = acca.add(wa.lanewise(LSHR, BITS).mul(f1));
        accb = accb.add(wb.lanewise(LSHR, BITS).mul(f1));
        accc = accc.add(wc.lanewise(LSHR, BITS).mul(f1));
        IntVector f2 = IntVector.broadcast(I, factors[k + 2]);
        acca = acca.add(wa.lanewise(LSHR, 2 * BITS).mul(f2));
        accb = accb.add(wb.lanewise(LSHR, 2 * BITS).mul(f2));
        accc = accc.add(wc.lanewise(LSHR, 2 * BITS).mul(f2));
        IntVector f3 = IntVector.broadcast(I, factors[k + 3]);
        acca = acca.add(wa.lanewise(LSHR, 3 * BITS).mul(f3));
        accb = accb.add(wb.lanewise(LSHR, 3 * BITS).mul(f3));
        accc = accc.add(wc.lanewise(LSHR, 3 * BITS).mul(f3));
        IntVector f4 = IntVector.broadcast(I, factors[k + 4]);
        acca = acca.add(wa.lanewise(LSHR, 4 * BITS).mul(f4));
        accb = accb.add(wb.lanewise(LSHR, 4 * BITS).mul(f4));
        accc = accc.add(wc.lanewise(LSHR, 4 * BITS).mul(f4));
      }

      // end of a part
      IntVector rest = IntVector.broadcast(I, factors[k]);
      acca = acca.add(ra.and(0xFF).mul(rest));
      accb = accb.add(rb.and(0xFF).mul(rest));
      accc = accc.add(rc.and(0xFF).mul(rest));
      ra = ra.lanewise(LSHR, Byte.SIZE);
      rb = rb.lanewise(LSHR, Byte.SIZE);
      rc = rc.lanewise(LSHR, Byte.SIZE);
      k += RESTS;
      int scale = part * WIDTH;
      FloatVector factor = FloatVector.broadcast(S, inputScales[(first + part) / PARTS_PER_BLOCK]);
      ((FloatVector) acca.convert(I2F, 0))
          .mul(factor)
          .fma(FloatVector.fromArray(S, scales, scale), FloatVector.fromArray(S, out, outOffset))
          .intoArray(out, outOffset);
      ((FloatVector) accb.convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + N),
              FloatVector.fromArray(S, out, outOffset + N))
          .intoArray(out, outOffset + N);
      ((FloatVector) accc.convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 2 * N),
              FloatVector.fromArray(S, out, outOffset + 2 * N))
          .intoArray(out, outOffset + 2 * N);
    }
  }
}
