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
 * The scales of a panel's blocks as floats. A weight is {@code scale · number + shift}; the scratch
 * array holds, a panel's width each: scales, shifts, and where parts have scales of their own, the
 * block's d and dmin.
 */
final class PanelScales {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Width of the scratch array. */
  static final int FIELDS = 4 * WIDTH;

  private PanelScales() {}

  /** Reads a block's d and dmin; without scales of parts these are the scale and the shift. */
  static void head(
      MemorySegment data,
      long at,
      boolean minimum,
      boolean partScales,
      int centre,
      float[] scales) {
    int to = partScales ? 2 * WIDTH : 0;
    halves(data, at, scales, to);
    if (minimum) {
      halves(data, at + 2L * WIDTH, scales, to + WIDTH);
    } else if (!partScales) {
      for (int i = 0; i < WIDTH; i++) {
        scales[WIDTH + i] = -centre * scales[i];
      }
    }
  }

  /** Reads a part's scale and minimum and multiplies them by the block's. */
  static void part(MemorySegment data, long at, boolean minimum, int centre, float[] scales) {
    products(data, at, scales, 2 * WIDTH, 1, 0);
    if (minimum) {
      products(data, at + WIDTH, scales, 3 * WIDTH, -1, WIDTH);
    } else {
      for (int i = 0; i < WIDTH; i++) {
        scales[WIDTH + i] = -centre * scales[i];
      }
    }
  }

  /** {@code scales[to …] = factor · scales[from …] · bytes}. */
  private static void products(
      MemorySegment data, long at, float[] scales, int from, float factor, int to) {
    for (int i = 0; i < WIDTH; i += N) {
      ByteVector bytes = ByteVector.fromMemorySegment(Lanes.BYTES, data, at + i, ORDER);
      FloatVector numbers = (FloatVector) bytes.convertShape(VectorOperators.B2F, S, 0);
      numbers.mul(FloatVector.fromArray(S, scales, from + i)).mul(factor).intoArray(scales, to + i);
    }
  }

  private static void halves(MemorySegment data, long at, float[] out, int to) {
    for (int i = 0; i < WIDTH; i += N) {
      ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, at + 2L * i, ORDER);
      Lanes.fromHalf((IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0))
          .intoArray(out, to + i);
    }
  }
}
