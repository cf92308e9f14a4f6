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
 * output has a lane of its own; nothing crosses lanes.
 */
final class PanelNumbers {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelNumbers() {}

  /** Signed bytes, (inputs × WIDTH); their shift is 0. */
  static void bytes(MemorySegment data, long at, int inputs, float[] scales, float[] out, int to) {
    for (int v = 0; v < WIDTH; v += N) {
      FloatVector scale = FloatVector.fromArray(S, scales, v);
      for (int k = 0; k < inputs; k++) {
        ByteVector q =
            ByteVector.fromMemorySegment(Lanes.BYTES, data, at + v + (long) k * WIDTH, ORDER);
        FloatVector number = (FloatVector) q.convertShape(VectorOperators.B2F, S, 0);
        number.mul(scale).intoArray(out, to + v + k * WIDTH);
      }
    }
  }

  /**
   * Half-bytes, (half × WIDTH): input k in the lower, k + half in the upper.
   *
   * @param half half the part's inputs
   */
  static void nibbles(MemorySegment data, long at, int half, float[] scales, float[] out, int to) {
    for (int v = 0; v < WIDTH; v += N) {
      FloatVector scale = FloatVector.fromArray(S, scales, v);
      FloatVector shift = FloatVector.fromArray(S, scales, WIDTH + v);
      for (int k = 0; k < half; k++) {
        IntVector both = both(data, at + v + (long) k * WIDTH);
        FloatVector low = (FloatVector) both.and(0xF).convertShape(VectorOperators.I2F, S, 0);
        FloatVector high =
            (FloatVector)
                both.lanewise(VectorOperators.LSHR, 4).convertShape(VectorOperators.I2F, S, 0);
        Lanes.fma(low, scale, shift).intoArray(out, to + v + k * WIDTH);
        Lanes.fma(high, scale, shift).intoArray(out, to + v + (k + half) * WIDTH);
      }
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
