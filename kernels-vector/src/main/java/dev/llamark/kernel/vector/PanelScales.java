package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
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
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private PanelScales() {}

  /**
   * Where the half floats of a block are the scales themselves.
   *
   * @param heads where those of the first block begin
   * @param shifts unused where there is no minimum
   */
  static void ofBlocks(
      MemorySegment data, long heads, boolean minimum, int blocks, float[] scales, float[] shifts) {
    int stride = minimum ? 2 * WIDTH : WIDTH;
    for (int block = 0; block < blocks; block++) {
      long at = heads + (long) block * stride * Short.BYTES;
      halves(data, at, scales, block * WIDTH);
      if (minimum) {
        halves(data, at + WIDTH * Short.BYTES, shifts, block * WIDTH);
      }
    }
  }

  /**
   * Where parts have bytes by which the block's half floats are multiplied.
   *
   * @param heads where the half floats of the first block begin
   * @param bytes where the bytes of its first part begin
   * @param parts parts of a block
   * @param shifts unused where there is no minimum
   */
  static void ofParts(
      MemorySegment data,
      long heads,
      long bytes,
      boolean minimum,
      int blocks,
      int parts,
      float[] scales,
      float[] shifts) {
    int fields = minimum ? 2 : 1;
    long partBytes = (long) fields * WIDTH;
    for (int v = 0; v < WIDTH; v += N) {
      for (int block = 0; block < blocks; block++) {
        long head = heads + block * partBytes * Short.BYTES + 2L * v;
        long at = bytes + block * parts * partBytes + v;
        int to = block * parts * WIDTH + v;
        products(data, head, 1, at, partBytes, parts, scales, to);
        if (minimum) {
          products(data, head + WIDTH * Short.BYTES, -1, at + WIDTH, partBytes, parts, shifts, to);
        }
      }
    }
  }

  /** A vector of half floats times the bytes of each part. */
  private static void products(
      MemorySegment data,
      long head,
      float sign,
      long bytes,
      long stride,
      int parts,
      float[] out,
      int to) {
    ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, head, ORDER);
    FloatVector factor =
        Lanes.fromHalf((IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0)).mul(sign);
    for (int part = 0; part < parts; part++) {
      ByteVector number =
          ByteVector.fromMemorySegment(Lanes.BYTES, data, bytes + part * stride, ORDER);
      ((FloatVector) number.convertShape(VectorOperators.B2F, S, 0))
          .mul(factor)
          .intoArray(out, to + part * WIDTH);
    }
  }

  private static void halves(MemorySegment data, long at, float[] out, int to) {
    for (int i = 0; i < WIDTH; i += N) {
      ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, at + 2L * i, ORDER);
      Lanes.fromHalf((IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0))
          .intoArray(out, to + i);
    }
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
  static void shift(float[] shifts, float[] sums, int parts, float[] out, int outOffset) {
    for (int v = 0; v < WIDTH; v += N) {
      FloatVector total = FloatVector.zero(S);
      for (int part = 0; part < parts; part++) {
        FloatVector sum = FloatVector.broadcast(S, sums[part]);
        total = Lanes.fma(sum, FloatVector.fromArray(S, shifts, part * WIDTH + v), total);
      }
      total.intoArray(out, outOffset + v);
    }
  }
}
