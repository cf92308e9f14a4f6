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
    for (int i = 0; i < WIDTH; i += N) {
      FloatVector d = FloatVector.fromArray(S, scales, 2 * WIDTH + i);
      FloatVector scale = d.mul(bytes(data, at + i));
      scale.intoArray(scales, i);
      if (minimum) {
        FloatVector dmin = FloatVector.fromArray(S, scales, 3 * WIDTH + i);
        dmin.mul(bytes(data, at + WIDTH + i)).neg().intoArray(scales, WIDTH + i);
      } else {
        scale.mul(-centre).intoArray(scales, WIDTH + i);
      }
    }
  }

  private static FloatVector bytes(MemorySegment data, long at) {
    return (FloatVector)
        ByteVector.fromMemorySegment(Lanes.BYTES, data, at, ORDER)
            .convertShape(VectorOperators.B2F, S, 0);
  }

  private static void halves(MemorySegment data, long at, float[] out, int to) {
    for (int i = 0; i < WIDTH; i += N) {
      ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, at + 2L * i, ORDER);
      Lanes.fromHalf((IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0))
          .intoArray(out, to + i);
    }
  }
}
