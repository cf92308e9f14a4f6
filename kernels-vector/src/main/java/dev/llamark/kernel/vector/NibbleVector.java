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
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A row of int8 times a panel of half-bytes, in lanes of 16 bits modulo 2^16: centred half-bytes
 * times int8, summed over a block of 32, stay within 32 · 8 · 127 = 32512. The four half-bytes of a
 * lane are not taken apart ({@link Int8Input}), nor are they centred one by one: the sum begins
 * with −8 times the sum of the inputs. Of two lanes that share an int the lower belongs to one
 * vector of floats and the upper to the next: so nothing crosses lanes. The fences keep the loads
 * of weights in order ({@link PanelMemory}) and those of inputs where they stand ({@link
 * PanelTile}); the totals stay in memory. There are two kernels, alike but for an offset: one for
 * both, whose offset may be 0, was measured a tenth slower. In {@link #unsigned} the three loads of
 * a step have one fence behind them all: measured a tenth faster there (Zen 5), but not in {@link
 * #centred}.
 */
final class NibbleVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final VectorSpecies<Short> H = Lanes.WIDE_SHORTS;
  private static final int N = S.length();
  private static final int PANEL = NibblePanels.PANEL;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** The lowest half-byte of each lane. */
  private static final int LOW = 0x000F_000F;

  private static final short CENTRE = Int8Block.CENTRE;

  private static final int BITS = 4;

  /** Numbers of a lane. */
  private static final int DIGITS = 4;

  private static final int LANES_PER_PART = Int8Block.SIZE / DIGITS;

  private NibbleVector() {}

  /**
   * Writes half-bytes of which 8 is subtracted.
   *
   * @param numbers where they begin
   * @param apart bytes from one vector of a lane to the next
   * @param step bytes from one lane to the next
   * @param count inputs
   * @param out (input × output), from {@code outOffset} on
   */
  static void expand(
      MemorySegment w, long numbers, long apart, long step, int count, short[] out, int outOffset) {
    for (int k = 0; k < count; k += DIGITS) {
      long at = numbers + k / DIGITS * step;
      for (int v = 0; v < PANEL; v += 2 * N, at += apart) {
        IntVector four = IntVector.fromMemorySegment(I, w, at, ORDER);
        int to = outOffset + k * PANEL + v;
        four.and(LOW).reinterpretAsShorts().sub(CENTRE).intoArray(out, to);
        four.lanewise(LSHR, 4)
            .and(LOW)
            .reinterpretAsShorts()
            .sub(CENTRE)
            .intoArray(out, to + PANEL);
        four.lanewise(LSHR, 8)
            .and(LOW)
            .reinterpretAsShorts()
            .sub(CENTRE)
            .intoArray(out, to + 2 * PANEL);
        four.lanewise(LSHR, 12)
            .and(LOW)
            .reinterpretAsShorts()
            .sub(CENTRE)
            .intoArray(out, to + 3 * PANEL);
      }
    }
  }

  /**
   * Half-bytes of which 8 is subtracted.
   *
   * @param first number of the first part in the row
   * @param numbers where the half-bytes begin
   * @param apart bytes from one vector of a lane to the next
   * @param step bytes from one lane to the next
   * @param scales of the weights, (part × output)
   * @param out to it the sums are added
   */
  static void centred(
      Int8Input input,
      int first,
      MemorySegment w,
      long numbers,
      long apart,
      long step,
      float[] scales,
      int parts,
      float[] out,
      int outOffset) {
    int[] factors = input.factors(BITS);
    int[] bases = input.bases(BITS);
    float[] inputScales = input.scales();
    long at = numbers;
    int k = first * Int8Block.SIZE;
    for (int part = 0; part < parts; part++) {
      int block = first + part;
      ShortVector acca = IntVector.broadcast(I, bases[block]).reinterpretAsShorts();
      ShortVector accb = acca;
      ShortVector accc = acca;
      for (int i = 0; i < LANES_PER_PART; i++, at += step, k += DIGITS) {
        ShortVector wa = ShortVector.fromMemorySegment(H, w, at, ORDER);
        VarHandle.loadLoadFence();
        ShortVector wb = ShortVector.fromMemorySegment(H, w, at + apart, ORDER);
        VarHandle.loadLoadFence();
        ShortVector wc = ShortVector.fromMemorySegment(H, w, at + 2 * apart, ORDER);
        VarHandle.loadLoadFence();
        ShortVector f0 = IntVector.broadcast(I, factors[k]).reinterpretAsShorts();
        acca = acca.add(wa.mul(f0));
        accb = accb.add(wb.mul(f0));
        accc = accc.add(wc.mul(f0));
        VarHandle.loadLoadFence();
        ShortVector f1 = IntVector.broadcast(I, factors[k + 1]).reinterpretAsShorts();
        acca = acca.add(wa.lanewise(LSHR, 4).mul(f1));
        accb = accb.add(wb.lanewise(LSHR, 4).mul(f1));
        accc = accc.add(wc.lanewise(LSHR, 4).mul(f1));
        VarHandle.loadLoadFence();
        ShortVector f2 = IntVector.broadcast(I, factors[k + 2]).reinterpretAsShorts();
        acca = acca.add(wa.lanewise(LSHR, 8).mul(f2));
        accb = accb.add(wb.lanewise(LSHR, 8).mul(f2));
        accc = accc.add(wc.lanewise(LSHR, 8).mul(f2));
        VarHandle.loadLoadFence();
        ShortVector f3 = IntVector.broadcast(I, factors[k + 3]).reinterpretAsShorts();
        acca = acca.add(wa.lanewise(LSHR, 12).mul(f3));
        accb = accb.add(wb.lanewise(LSHR, 12).mul(f3));
        accc = accc.add(wc.lanewise(LSHR, 12).mul(f3));
      }

      // end of a part
      int scale = part * PANEL;
      FloatVector factor = FloatVector.broadcast(S, inputScales[block]);
      IntVector suma = acca.reinterpretAsInts();
      ((FloatVector) suma.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0))
          .mul(factor)
          .fma(FloatVector.fromArray(S, scales, scale), FloatVector.fromArray(S, out, outOffset))
          .intoArray(out, outOffset);
      ((FloatVector) suma.lanewise(ASHR, 16).convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + N),
              FloatVector.fromArray(S, out, outOffset + N))
          .intoArray(out, outOffset + N);
      IntVector sumb = accb.reinterpretAsInts();
      ((FloatVector) sumb.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 2 * N),
              FloatVector.fromArray(S, out, outOffset + 2 * N))
          .intoArray(out, outOffset + 2 * N);
      ((FloatVector) sumb.lanewise(ASHR, 16).convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 3 * N),
              FloatVector.fromArray(S, out, outOffset + 3 * N))
          .intoArray(out, outOffset + 3 * N);
      IntVector sumc = accc.reinterpretAsInts();
      ((FloatVector) sumc.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 4 * N),
              FloatVector.fromArray(S, out, outOffset + 4 * N))
          .intoArray(out, outOffset + 4 * N);
      ((FloatVector) sumc.lanewise(ASHR, 16).convert(I2F, 0))
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 5 * N),
              FloatVector.fromArray(S, out, outOffset + 5 * N))
          .intoArray(out, outOffset + 5 * N);
    }
  }

  /**
   * Half-bytes as they are.
   *
   * @param first number of the first part in the row
   * @param numbers where the half-bytes begin
   * @param apart bytes from one vector of a lane to the next
   * @param step bytes from one lane to the next
   * @param scales of the weights, (part × output)
   * @param out to it the sums are added
   */
  static void unsigned(
      Int8Input input,
      int first,
      MemorySegment w,
      long numbers,
      long apart,
      long step,
      float[] scales,
      int parts,
      float[] out,
      int outOffset) {
    int[] factors = input.factors(BITS);
    int[] bases = input.bases(BITS);
    float[] inputScales = input.scales();
    long at = numbers;
    int k = first * Int8Block.SIZE;
    for (int part = 0; part < parts; part++) {
      int block = first + part;
      ShortVector acca = IntVector.broadcast(I, bases[block]).reinterpretAsShorts();
      ShortVector accb = acca;
      ShortVector accc = acca;
      for (int i = 0; i < LANES_PER_PART; i++, at += step, k += DIGITS) {
        ShortVector wa = ShortVector.fromMemorySegment(H, w, at, ORDER);
        ShortVector wb = ShortVector.fromMemorySegment(H, w, at + apart, ORDER);
        ShortVector wc = ShortVector.fromMemorySegment(H, w, at + 2 * apart, ORDER);
        VarHandle.loadLoadFence();
        ShortVector f0 = IntVector.broadcast(I, factors[k]).reinterpretAsShorts();
        acca = acca.add(wa.mul(f0));
        accb = accb.add(wb.mul(f0));
        accc = accc.add(wc.mul(f0));
        VarHandle.loadLoadFence();
        ShortVector f1 = IntVector.broadcast(I, factors[k + 1]).reinterpretAsShorts();
        acca = acca.add(wa.lanewise(LSHR, 4).mul(f1));
        accb = accb.add(wb.lanewise(LSHR, 4).mul(f1));
        accc = accc.add(wc.lanewise(LSHR, 4).mul(f1));
        VarHandle.loadLoadFence();
        ShortVector f2 = IntVector.broadcast(I, factors[k + 2]).reinterpretAsShorts();
        acca = acca.add(wa.lanewise(LSHR, 8).mul(f2));
        accb = accb.add(wb.lanewise(LSHR, 8).mul(f2));
        accc = accc.add(wc.lanewise(LSHR, 8).mul(f2));
        VarHandle.loadLoadFence();
        ShortVector f3 = IntVector.broadcast(I, factors[k + 3]).reinterpretAsShorts();
        acca = acca.add(wa.lanewise(LSHR, 12).mul(f3));
        accb = accb.add(wb.lanewise(LSHR, 12).mul(f3));
        accc = accc.add(wc.lanewise(LSHR, 12).mul(f3));
      }

      // end of a part
      int scale = part * PANEL;
      FloatVector factor = FloatVector.broadcast(S, inputScales[block]);
      FloatVector offset = FloatVector.broadcast(S, (float) -(bases[block] >> Short.SIZE));
      IntVector suma = acca.reinterpretAsInts();
      ((FloatVector) suma.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0))
          .add(offset)
          .mul(factor)
          .fma(FloatVector.fromArray(S, scales, scale), FloatVector.fromArray(S, out, outOffset))
          .intoArray(out, outOffset);
      ((FloatVector) suma.lanewise(ASHR, 16).convert(I2F, 0))
          .add(offset)
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + N),
              FloatVector.fromArray(S, out, outOffset + N))
          .intoArray(out, outOffset + N);
      IntVector sumb = accb.reinterpretAsInts();
      ((FloatVector) sumb.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0))
          .add(offset)
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 2 * N),
              FloatVector.fromArray(S, out, outOffset + 2 * N))
          .intoArray(out, outOffset + 2 * N);
      ((FloatVector) sumb.lanewise(ASHR, 16).convert(I2F, 0))
          .add(offset)
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 3 * N),
              FloatVector.fromArray(S, out, outOffset + 3 * N))
          .intoArray(out, outOffset + 3 * N);
      IntVector sumc = accc.reinterpretAsInts();
      ((FloatVector) sumc.lanewise(LSHL, 16).lanewise(ASHR, 16).convert(I2F, 0))
          .add(offset)
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 4 * N),
              FloatVector.fromArray(S, out, outOffset + 4 * N))
          .intoArray(out, outOffset + 4 * N);
      ((FloatVector) sumc.lanewise(ASHR, 16).convert(I2F, 0))
          .add(offset)
          .mul(factor)
          .fma(
              FloatVector.fromArray(S, scales, scale + 5 * N),
              FloatVector.fromArray(S, out, outOffset + 5 * N))
          .intoArray(out, outOffset + 5 * N);
    }
  }
}
