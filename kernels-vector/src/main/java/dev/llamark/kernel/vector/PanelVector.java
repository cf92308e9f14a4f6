package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel: the panel is read once, as one contiguous stream, and this is
 * bound by the memory that it comes from.
 */
final class PanelVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long BYTES = S.vectorByteSize();

  private PanelVector() {}

  /** Four inputs at once make eight accumulators. The sums are stored, or added to the result. */
  static void multiply(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset,
      boolean add) {
    FloatVector acc00 = FloatVector.zero(S);
    FloatVector acc01 = FloatVector.zero(S);
    FloatVector acc10 = FloatVector.zero(S);
    FloatVector acc11 = FloatVector.zero(S);
    FloatVector acc20 = FloatVector.zero(S);
    FloatVector acc21 = FloatVector.zero(S);
    FloatVector acc30 = FloatVector.zero(S);
    FloatVector acc31 = FloatVector.zero(S);
    long at = wOffset;
    int k = 0;

    // body
    for (; k <= count - 4; k += 4, at += 8 * BYTES) {
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k + 1]);
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k + 2]);
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k + 3]);
      acc00 = Lanes.fma(x0, FloatVector.fromMemorySegment(S, w, at, ORDER), acc00);
      acc01 = Lanes.fma(x0, FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER), acc01);
      acc10 = Lanes.fma(x1, FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER), acc10);
      acc11 = Lanes.fma(x1, FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER), acc11);
      acc20 = Lanes.fma(x2, FloatVector.fromMemorySegment(S, w, at + 4 * BYTES, ORDER), acc20);
      acc21 = Lanes.fma(x2, FloatVector.fromMemorySegment(S, w, at + 5 * BYTES, ORDER), acc21);
      acc30 = Lanes.fma(x3, FloatVector.fromMemorySegment(S, w, at + 6 * BYTES, ORDER), acc30);
      acc31 = Lanes.fma(x3, FloatVector.fromMemorySegment(S, w, at + 7 * BYTES, ORDER), acc31);
    }

    // tail
    for (; k < count; k++, at += 2 * BYTES) {
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      acc00 = Lanes.fma(x0, FloatVector.fromMemorySegment(S, w, at, ORDER), acc00);
      acc01 = Lanes.fma(x0, FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER), acc01);
    }

    // reduce
    FloatVector sum0 = acc00.add(acc10).add(acc20.add(acc30));
    FloatVector sum1 = acc01.add(acc11).add(acc21.add(acc31));
    if (add) {
      sum0 = sum0.add(FloatVector.fromArray(S, out, outOffset));
      sum1 = sum1.add(FloatVector.fromArray(S, out, outOffset + N));
    }
    sum0.intoArray(out, outOffset);
    sum1.intoArray(out, outOffset + N);
  }
}
