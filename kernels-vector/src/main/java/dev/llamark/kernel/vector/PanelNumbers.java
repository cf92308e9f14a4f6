package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The numbers of a panel's part made floats, {@code scale · number + shift}, (input × output). Each
 * output has a lane of its own; nothing crosses lanes. The three vectors of a panel go side by
 * side, so that the short loops over a part's inputs have enough to do.
 */
final class PanelNumbers {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelNumbers() {}

  /** Signed bytes, (inputs × WIDTH); their shift is 0. */
  static void bytes(MemorySegment data, long at, int inputs, float[] scales, float[] out, int to) {
    FloatVector scale0 = FloatVector.fromArray(S, scales, 0);
    FloatVector scale1 = FloatVector.fromArray(S, scales, N);
    FloatVector scale2 = FloatVector.fromArray(S, scales, 2 * N);
    for (int k = 0; k < inputs; k++) {
      long from = at + (long) k * WIDTH;
      ByteVector q0 = ByteVector.fromMemorySegment(Lanes.BYTES, data, from, ORDER);
      ByteVector q1 = ByteVector.fromMemorySegment(Lanes.BYTES, data, from + N, ORDER);
      ByteVector q2 = ByteVector.fromMemorySegment(Lanes.BYTES, data, from + 2 * N, ORDER);
      FloatVector w0 = (FloatVector) q0.convertShape(VectorOperators.B2F, S, 0);
      FloatVector w1 = (FloatVector) q1.convertShape(VectorOperators.B2F, S, 0);
      FloatVector w2 = (FloatVector) q2.convertShape(VectorOperators.B2F, S, 0);
      w0.mul(scale0).intoArray(out, to + k * WIDTH);
      w1.mul(scale1).intoArray(out, to + k * WIDTH + N);
      w2.mul(scale2).intoArray(out, to + k * WIDTH + 2 * N);
    }
  }

  /**
   * Half-bytes, (half × WIDTH): input k in the lower, k + half in the upper.
   *
   * @param half half the part's inputs
   */
  static void nibbles(MemorySegment data, long at, int half, float[] scales, float[] out, int to) {
    FloatVector scale0 = FloatVector.fromArray(S, scales, 0);
    FloatVector scale1 = FloatVector.fromArray(S, scales, N);
    FloatVector scale2 = FloatVector.fromArray(S, scales, 2 * N);
    FloatVector shift0 = FloatVector.fromArray(S, scales, WIDTH);
    FloatVector shift1 = FloatVector.fromArray(S, scales, WIDTH + N);
    FloatVector shift2 = FloatVector.fromArray(S, scales, WIDTH + 2 * N);
    for (int k = 0; k < half; k++) {
      long from = at + (long) k * WIDTH;
      int low = to + k * WIDTH;
      int high = low + half * WIDTH;
      ByteVector bytes0 = ByteVector.fromMemorySegment(Lanes.BYTES, data, from, ORDER);
      IntVector q0 =
          (IntVector) bytes0.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, 0);
      FloatVector low0 = (FloatVector) q0.and(0xF).convert(VectorOperators.I2F, 0);
      FloatVector high0 =
          (FloatVector) q0.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0);
      Lanes.fma(low0, scale0, shift0).intoArray(out, low);
      Lanes.fma(high0, scale0, shift0).intoArray(out, high);
      ByteVector bytes1 = ByteVector.fromMemorySegment(Lanes.BYTES, data, from + N, ORDER);
      IntVector q1 =
          (IntVector) bytes1.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, 0);
      FloatVector low1 = (FloatVector) q1.and(0xF).convert(VectorOperators.I2F, 0);
      FloatVector high1 =
          (FloatVector) q1.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0);
      Lanes.fma(low1, scale1, shift1).intoArray(out, low + N);
      Lanes.fma(high1, scale1, shift1).intoArray(out, high + N);
      ByteVector bytes2 = ByteVector.fromMemorySegment(Lanes.BYTES, data, from + 2 * N, ORDER);
      IntVector q2 =
          (IntVector) bytes2.convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, 0);
      FloatVector low2 = (FloatVector) q2.and(0xF).convert(VectorOperators.I2F, 0);
      FloatVector high2 =
          (FloatVector) q2.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0);
      Lanes.fma(low2, scale2, shift2).intoArray(out, low + 2 * N);
      Lanes.fma(high2, scale2, shift2).intoArray(out, high + 2 * N);
    }
  }

  /**
   * Half-bytes as in {@link #nibbles}, and above them bits from an int for each output.
   *
   * @param upperAt where the ints begin
   * @param bits bits of each input in its int, input 0 lowest
   */
  static void nibblesAndUpperBits(
      MemorySegment data,
      long at,
      long upperAt,
      int bits,
      int half,
      float[] scales,
      float[] out,
      int to) {
    int mask = (1 << bits) - 1 << 4;
    for (int v = 0; v < WIDTH; v += N) {
      FloatVector scale = FloatVector.fromArray(S, scales, v);
      FloatVector shift = FloatVector.fromArray(S, scales, WIDTH + v);
      IntVector lowUpper = IntVector.fromMemorySegment(Lanes.INTS, data, upperAt + 4L * v, ORDER);
      IntVector highUpper = lowUpper.lanewise(VectorOperators.LSHR, bits * half);
      for (int k = 0; k < half; k++) {
        IntVector both = both(data, at + v + (long) k * WIDTH);
        IntVector low = lowUpper.lanewise(VectorOperators.LSHR, bits * k);
        IntVector high = highUpper.lanewise(VectorOperators.LSHR, bits * k);
        low = low.lanewise(VectorOperators.LSHL, 4).and(mask).or(both.and(0xF));
        high =
            high.lanewise(VectorOperators.LSHL, 4)
                .and(mask)
                .or(both.lanewise(VectorOperators.LSHR, 4));
        FloatVector lowNumber = (FloatVector) low.convertShape(VectorOperators.I2F, S, 0);
        FloatVector highNumber = (FloatVector) high.convertShape(VectorOperators.I2F, S, 0);
        Lanes.fma(lowNumber, scale, shift).intoArray(out, to + v + k * WIDTH);
        Lanes.fma(highNumber, scale, shift).intoArray(out, to + v + (k + half) * WIDTH);
      }
    }
  }

  private static IntVector both(MemorySegment data, long at) {
    return (IntVector)
        ByteVector.fromMemorySegment(Lanes.BYTES, data, at, ORDER)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, Lanes.INTS, 0);
  }
}
