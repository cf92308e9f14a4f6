package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel. Three inputs at once make nine accumulators: two pipes, each of
 * which takes four cycles for an addition, want eight.
 */
final class PanelVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final long BYTES = S.vectorByteSize();
  private static final long ROW = (long) VectorWeights.WIDTH * Float.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelVector() {}

  /**
   * A section of a panel that was expanded.
   *
   * @param out to it the sums are added
   */
  static void multiply(
      float[] x, int xOffset, MemorySegment w, int count, float[] out, int outOffset) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc0c = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc1c = FloatVector.zero(S);
    FloatVector acc2a = FloatVector.zero(S);
    FloatVector acc2b = FloatVector.zero(S);
    FloatVector acc2c = FloatVector.zero(S);
    int k = 0;

    // body
    for (; k <= count - 3; k += 3) {
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k + 1]);
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k + 2]);
      acc0a = x0.fma(FloatVector.fromMemorySegment(S, w, k * ROW, ORDER), acc0a);
      acc0b = x0.fma(FloatVector.fromMemorySegment(S, w, k * ROW + BYTES, ORDER), acc0b);
      acc0c = x0.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 2 * BYTES, ORDER), acc0c);
      acc1a = x1.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 3 * BYTES, ORDER), acc1a);
      acc1b = x1.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 4 * BYTES, ORDER), acc1b);
      acc1c = x1.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 5 * BYTES, ORDER), acc1c);
      acc2a = x2.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 6 * BYTES, ORDER), acc2a);
      acc2b = x2.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 7 * BYTES, ORDER), acc2b);
      acc2c = x2.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 8 * BYTES, ORDER), acc2c);
    }

    // tail
    for (; k < count; k++) {
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      acc0a = x0.fma(FloatVector.fromMemorySegment(S, w, k * ROW, ORDER), acc0a);
      acc0b = x0.fma(FloatVector.fromMemorySegment(S, w, k * ROW + BYTES, ORDER), acc0b);
      acc0c = x0.fma(FloatVector.fromMemorySegment(S, w, k * ROW + 2 * BYTES, ORDER), acc0c);
    }

    // reduce
    FloatVector sumA = acc0a.add(acc1a).add(acc2a);
    FloatVector sumB = acc0b.add(acc1b).add(acc2b);
    FloatVector sumC = acc0c.add(acc1c).add(acc2c);
    sumA.add(FloatVector.fromArray(S, out, outOffset)).intoArray(out, outOffset);
    sumB.add(FloatVector.fromArray(S, out, outOffset + N)).intoArray(out, outOffset + N);
    sumC.add(FloatVector.fromArray(S, out, outOffset + 2 * N)).intoArray(out, outOffset + 2 * N);
  }
}
