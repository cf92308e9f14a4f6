package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The scales and the shifts of a panel's parts as floats, (part × output): a weight is {@code scale
 * · number + shift}. Types without a minimum have no shifts.
 */
final class PanelScales {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private PanelScales() {}

  /**
   * Where the half floats of a block are the scales themselves.
   *
   * @param heads where those of the first block begin
   * @param finite whether there is neither an infinity nor a NaN among them
   * @param width outputs of the panel
   * @param shifts unused where there is no minimum
   */
  static void ofBlocks(
      MemorySegment data,
      long heads,
      boolean finite,
      int width,
      boolean minimum,
      int blocks,
      float[] scales,
      float[] shifts) {
    int stride = minimum ? 2 * width : width;
    for (int block = 0; block < blocks; block++) {
      long at = heads + (long) block * stride * Short.BYTES;
      readHalves(data, at, finite, width, scales, block * width);
      if (minimum) {
        readHalves(data, at + (long) width * Short.BYTES, finite, width, shifts, block * width);
      }
    }
  }

  /**
   * Where parts have bytes by which the block's half floats are multiplied.
   *
   * @param heads where the half floats of the first block begin
   * @param stride bytes from one block's half floats to the next one's
   * @param words where the first block's bytes begin, of four parts to an int, the first lowest
   * @param width outputs of the panel
   * @param perBlock ints of a block, for one output
   * @param sign 1, or −1 for what is subtracted
   * @param out the products, (part × output)
   */
  static void ofParts(
      MemorySegment data,
      long heads,
      int stride,
      long words,
      int width,
      int blocks,
      int perBlock,
      float sign,
      float[] out) {
    for (int v = 0; v < width; v += N) {
      for (int block = 0; block < blocks; block++) {
        long head = heads + (long) block * stride + (long) v * Short.BYTES;
        FloatVector factor = Lanes.fromHalf(halves(data, head)).mul(sign);
        for (int i = block * perBlock; i < (block + 1) * perBlock; i++) {
          long at = words + ((long) i * width + v) * Integer.BYTES;
          IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
          int to = 4 * i * width + v;
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
  }

  /**
   * {@code out = −Σ head · byte[part] · sums[part]}, for half floats that are neither infinite nor
   * NaN and bytes that are not negative: what the minima of all parts come to, without a copy of
   * them.
   *
   * @param sums of the input over each part
   * @param out gets a panel's width; the other parameters are those of {@link #ofParts}
   */
  static void minima(
      MemorySegment data,
      long heads,
      int stride,
      long words,
      int width,
      int blocks,
      int perBlock,
      float[] sums,
      float[] out,
      int outOffset) {
    for (int v = 0; v < width; v += N) {
      FloatVector total = FloatVector.zero(S);
      for (int block = 0; block < blocks; block++) {
        FloatVector even = FloatVector.zero(S);
        FloatVector odd = FloatVector.zero(S);
        for (int i = block * perBlock; i < (block + 1) * perBlock; i++) {
          long at = words + ((long) i * width + v) * Integer.BYTES;
          IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
          IntVector byte1 = word.lanewise(VectorOperators.LSHR, 8).and(0xFF);
          IntVector byte2 = word.lanewise(VectorOperators.LSHR, 16).and(0xFF);
          IntVector byte3 = word.lanewise(VectorOperators.LSHR, 24);
          even =
              ((FloatVector) word.and(0xFF).convert(VectorOperators.I2F, 0))
                  .fma(FloatVector.broadcast(S, sums[4 * i]), even);
          odd =
              ((FloatVector) byte1.convert(VectorOperators.I2F, 0))
                  .fma(FloatVector.broadcast(S, sums[4 * i + 1]), odd);
          even =
              ((FloatVector) byte2.convert(VectorOperators.I2F, 0))
                  .fma(FloatVector.broadcast(S, sums[4 * i + 2]), even);
          odd =
              ((FloatVector) byte3.convert(VectorOperators.I2F, 0))
                  .fma(FloatVector.broadcast(S, sums[4 * i + 3]), odd);
        }
        long head = heads + (long) block * stride + (long) v * Short.BYTES;
        total = Lanes.fromFiniteHalf(halves(data, head)).neg().fma(even.add(odd), total);
      }
      total.intoArray(out, outOffset + v);
    }
  }

  private static void readHalves(
      MemorySegment data, long at, boolean finite, int width, float[] out, int to) {
    if (finite) {
      for (int i = 0; i < width; i += N) {
        Lanes.fromFiniteHalf(halves(data, at + 2L * i)).intoArray(out, to + i);
      }
    } else {
      for (int i = 0; i < width; i += N) {
        Lanes.fromHalf(halves(data, at + 2L * i)).intoArray(out, to + i);
      }
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

  /** {@code out = Σ shifts[part] · sums[part]}, a panel's width. */
  static void shift(
      float[] shifts, float[] sums, int width, int parts, float[] out, int outOffset) {
    for (int v = 0; v < width; v += N) {
      FloatVector total = FloatVector.zero(S);
      for (int part = 0; part < parts; part++) {
        FloatVector sum = FloatVector.broadcast(S, sums[part]);
        total = sum.fma(FloatVector.fromArray(S, shifts, part * width + v), total);
      }
      total.intoArray(out, outOffset + v);
    }
  }
}
