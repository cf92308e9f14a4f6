package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two panels of three vectors brought into the order of three register tiles of two: (panel × input
 * × output) to (tile × input × output).
 */
final class StripOrder {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long VECTOR = S.vectorByteSize();
  private static final long TILE = 2 * VECTOR;
  private static final long ROW = (long) VectorWeights.WIDTH * Float.BYTES;

  private StripOrder() {}

  /** The first panel: the first tile, and half of the second. */
  static void first(MemorySegment panel, int count, MemorySegment strip) {
    long second = count * TILE;
    for (int k = 0; k < count; k++) {
      long from = k * ROW;
      long to = k * TILE;
      FloatVector.fromMemorySegment(S, panel, from, ORDER).intoMemorySegment(strip, to, ORDER);
      FloatVector.fromMemorySegment(S, panel, from + VECTOR, ORDER)
          .intoMemorySegment(strip, to + VECTOR, ORDER);
      FloatVector.fromMemorySegment(S, panel, from + 2 * VECTOR, ORDER)
          .intoMemorySegment(strip, second + to, ORDER);
    }
  }

  /** The second panel: the other half of the second tile, and the third. */
  static void second(MemorySegment panel, int count, MemorySegment strip) {
    long second = count * TILE + VECTOR;
    long third = 2 * count * TILE;
    for (int k = 0; k < count; k++) {
      long from = k * ROW;
      long to = k * TILE;
      FloatVector.fromMemorySegment(S, panel, from, ORDER)
          .intoMemorySegment(strip, second + to, ORDER);
      FloatVector.fromMemorySegment(S, panel, from + VECTOR, ORDER)
          .intoMemorySegment(strip, third + to, ORDER);
      FloatVector.fromMemorySegment(S, panel, from + 2 * VECTOR, ORDER)
          .intoMemorySegment(strip, third + to + VECTOR, ORDER);
    }
  }
}
