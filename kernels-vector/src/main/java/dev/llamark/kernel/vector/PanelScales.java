package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The scales and the shifts of a panel's parts as floats, (part × output): a weight is {@code scale
 * · number + shift}.
 */
final class PanelScales {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private PanelScales() {}

  /**
   * Half floats that are scales or shifts themselves.
   *
   * @param heads where they begin
   * @param finite whether there is neither an infinity nor a NaN among them
   * @param count a multiple of the vector length
   */
  static void ofBlocks(
      MemorySegment data, long heads, boolean finite, int count, float[] out, int outOffset) {
    if (finite) {
      for (int i = 0; i < count; i += N) {
        Lanes.fromFiniteHalf(halves(data, heads + 2L * i)).intoArray(out, outOffset + i);
        VarHandle.loadLoadFence();
      }
    } else {
      for (int i = 0; i < count; i += N) {
        Lanes.fromHalf(halves(data, heads + 2L * i)).intoArray(out, outOffset + i);
        VarHandle.loadLoadFence();
      }
    }
  }

  /**
   * Where the parts of a block have bytes by which its half floats are multiplied.
   *
   * @param heads where the half floats begin
   * @param words where the bytes begin, of four parts to an int, the first lowest
   * @param width outputs of the panel
   * @param parts of the block
   * @param sign 1, or −1 for what is subtracted
   * @param out the products, (part × output)
   */
  static void ofParts(
      MemorySegment data,
      long heads,
      long words,
      int width,
      int parts,
      float sign,
      float[] out,
      int outOffset) {
    for (int v = 0; v < width; v += N) {
      FloatVector factor = Lanes.fromHalf(halves(data, heads + 2L * v)).mul(sign);
      for (int part = 0; part < parts; part += Integer.BYTES) {
        int to = outOffset + part * width + v;
        long at = words + (long) part * width + (long) v * Integer.BYTES;
        IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
        IntVector byte0 = word.lanewise(VectorOperators.LSHL, 24);
        IntVector byte1 = word.lanewise(VectorOperators.LSHL, 16);
        IntVector byte2 = word.lanewise(VectorOperators.LSHL, 8);
        ((FloatVector) byte0.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
            .mul(factor)
            .intoArray(out, to);
        ((FloatVector) byte1.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
            .mul(factor)
            .intoArray(out, to + width);
        ((FloatVector) byte2.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
            .mul(factor)
            .intoArray(out, to + 2 * width);
        ((FloatVector) word.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
            .mul(factor)
            .intoArray(out, to + 3 * width);
      }
    }
  }

  /**
   * {@code out −= head · Σ byte[part] · sums[part]} over the parts of a block, for half floats that
   * are neither infinite nor NaN and bytes that are not negative: what minima come to, without a
   * copy of them.
   *
   * @param sums of the input over each part, from {@code sumsOffset} on
   * @param out a panel's width; the other parameters are those of {@link #ofParts}
   */
  static void minima(
      MemorySegment data,
      long heads,
      long words,
      int width,
      int parts,
      float[] sums,
      int sumsOffset,
      float[] out,
      int outOffset) {
    for (int v = 0; v < width; v += N) {
      FloatVector even = FloatVector.zero(S);
      FloatVector odd = FloatVector.zero(S);
      for (int part = 0; part < parts; part += Integer.BYTES) {
        int sum = sumsOffset + part;
        long at = words + (long) part * width + (long) v * Integer.BYTES;
        IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
        IntVector byte1 = word.lanewise(VectorOperators.LSHR, 8).and(0xFF);
        IntVector byte2 = word.lanewise(VectorOperators.LSHR, 16).and(0xFF);
        IntVector byte3 = word.lanewise(VectorOperators.LSHR, 24);
        even =
            ((FloatVector) word.and(0xFF).convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(S, sums[sum]), even);
        odd =
            ((FloatVector) byte1.convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(S, sums[sum + 1]), odd);
        even =
            ((FloatVector) byte2.convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(S, sums[sum + 2]), even);
        odd =
            ((FloatVector) byte3.convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(S, sums[sum + 3]), odd);
      }
      Lanes.fromFiniteHalf(halves(data, heads + 2L * v))
          .neg()
          .fma(even.add(odd), FloatVector.fromArray(S, out, outOffset + v))
          .intoArray(out, outOffset + v);
    }
  }

  /** The bits of half floats, sign-extended. */
  private static IntVector halves(MemorySegment data, long at) {
    ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, at, ORDER);
    return (IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0);
  }

  /** {@code sums[part] = Σ x} over each part of {@code inputs}, a multiple of the vector length. */
  static void sums(float[] x, int xOffset, int inputs, int parts, float[] sums) {
    for (int part = 0; part < parts; part++) {
      FloatVector sum = FloatVector.zero(S);
      int from = xOffset + part * inputs;
      for (int i = 0; i < inputs; i += N) {
        sum = sum.add(FloatVector.fromArray(S, x, from + i));
      }
      sums[part] = Lanes.sum(sum);
    }
  }

  /**
   * {@code out += Σ shifts[part] · sums[part]}, a panel's width.
   *
   * @param sumsOffset the first part's in {@code sums}
   */
  static void shift(
      float[] shifts,
      float[] sums,
      int sumsOffset,
      int width,
      int parts,
      float[] out,
      int outOffset) {
    for (int v = 0; v < width; v += N) {
      FloatVector total = FloatVector.fromArray(S, out, outOffset + v);
      for (int part = 0; part < parts; part++) {
        FloatVector sum = FloatVector.broadcast(S, sums[sumsOffset + part]);
        total = sum.fma(FloatVector.fromArray(S, shifts, part * width + v), total);
      }
      total.intoArray(out, outOffset + v);
    }
  }
}
