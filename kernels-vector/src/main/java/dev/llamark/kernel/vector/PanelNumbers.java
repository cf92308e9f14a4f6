package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A panel's numbers made floats, {@code scale · number + shift}, (input × output). Each output has
 * a lane of its own; nothing crosses lanes.
 */
final class PanelNumbers {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelNumbers() {}

  /**
   * The numbers of some ints that share their scales, without a shift.
   *
   * @param at where the first int is
   * @param count ints
   * @param first place of the first number of an int, in bits
   * @param bits of a number
   * @param numbers numbers to take of each int
   * @param scale index of the scales
   * @param to index of the first input's floats
   */
  static void signed(
      MemorySegment data,
      long at,
      int count,
      int first,
      int bits,
      int numbers,
      float[] scales,
      int scale,
      float[] out,
      int to) {
    int right = Integer.SIZE - bits;
    for (int v = 0; v < WIDTH; v += N) {
      FloatVector factor = FloatVector.fromArray(S, scales, scale + v);
      int index = to + v;
      for (int i = 0; i < count; i++) {
        long from = at + ((long) i * WIDTH + v) * Integer.BYTES;
        IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, from, ORDER);
        for (int j = 0; j < numbers; j++, index += WIDTH) {
          int left = right - first - j * bits;
          IntVector number =
              word.lanewise(VectorOperators.LSHL, left).lanewise(VectorOperators.ASHR, right);
          ((FloatVector) number.convert(VectorOperators.I2F, 0)).mul(factor).intoArray(out, index);
        }
      }
    }
  }

  /** As {@link #signed}, for numbers that are not negative, with a shift. */
  static void unsigned(
      MemorySegment data,
      long at,
      int count,
      int first,
      int bits,
      int numbers,
      float[] scales,
      float[] shifts,
      int scale,
      float[] out,
      int to) {
    int right = Integer.SIZE - bits;
    for (int v = 0; v < WIDTH; v += N) {
      FloatVector factor = FloatVector.fromArray(S, scales, scale + v);
      FloatVector shift = FloatVector.fromArray(S, shifts, scale + v);
      int index = to + v;
      for (int i = 0; i < count; i++) {
        long from = at + ((long) i * WIDTH + v) * Integer.BYTES;
        IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, from, ORDER);
        for (int j = 0; j < numbers; j++, index += WIDTH) {
          int left = right - first - j * bits;
          IntVector number =
              word.lanewise(VectorOperators.LSHL, left).lanewise(VectorOperators.LSHR, right);
          FloatVector q = (FloatVector) number.convert(VectorOperators.I2F, 0);
          Lanes.fma(q, factor, shift).intoArray(out, index);
        }
      }
    }
  }
}
