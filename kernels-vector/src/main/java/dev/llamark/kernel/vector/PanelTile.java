package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the float product where there are 16 vector registers: five rows by two
 * vectors are ten accumulators, more than two pipes of four cycles need, and leave registers for
 * two vectors of weights and for the inputs that the compiler loads ahead. With twelve accumulators
 * it spills some of them.
 *
 * <p>Every vector operation here is a call of the Vector API itself, which the compiler always
 * inlines. A method of ours in between, however small, is not inlined any more once so large a body
 * has used up the compiler's budget, and then accumulators live on the heap.
 */
final class PanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes of a vector, and of one step in a panel. */
  private static final long BYTES = S.vectorByteSize();

  private static final long STEP = 2 * BYTES;

  private PanelTile() {}

  /** Five rows by two vectors: adds to the result, or stores it. */
  static void multiply5(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset,
      int outStride,
      boolean add) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc2a = FloatVector.zero(S);
    FloatVector acc2b = FloatVector.zero(S);
    FloatVector acc3a = FloatVector.zero(S);
    FloatVector acc3b = FloatVector.zero(S);
    FloatVector acc4a = FloatVector.zero(S);
    FloatVector acc4b = FloatVector.zero(S);

    // body
    for (int k = 0; k < count; k++) {
      FloatVector wa = FloatVector.fromMemorySegment(S, w, wOffset + k * STEP, ORDER);
      FloatVector wb = FloatVector.fromMemorySegment(S, w, wOffset + k * STEP + BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 5]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 5 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 5 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k * 5 + 3]);
      acc3a = x3.fma(wa, acc3a);
      acc3b = x3.fma(wb, acc3b);
      FloatVector x4 = FloatVector.broadcast(S, x[xOffset + k * 5 + 4]);
      acc4a = x4.fma(wa, acc4a);
      acc4b = x4.fma(wb, acc4b);
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    int to4 = outOffset + 4 * outStride;
    if (add) {
      acc0a = acc0a.add(FloatVector.fromArray(S, out, to0));
      acc0b = acc0b.add(FloatVector.fromArray(S, out, to0 + N));
      acc1a = acc1a.add(FloatVector.fromArray(S, out, to1));
      acc1b = acc1b.add(FloatVector.fromArray(S, out, to1 + N));
      acc2a = acc2a.add(FloatVector.fromArray(S, out, to2));
      acc2b = acc2b.add(FloatVector.fromArray(S, out, to2 + N));
      acc3a = acc3a.add(FloatVector.fromArray(S, out, to3));
      acc3b = acc3b.add(FloatVector.fromArray(S, out, to3 + N));
      acc4a = acc4a.add(FloatVector.fromArray(S, out, to4));
      acc4b = acc4b.add(FloatVector.fromArray(S, out, to4 + N));
    }
    acc0a.intoArray(out, to0);
    acc0b.intoArray(out, to0 + N);
    acc1a.intoArray(out, to1);
    acc1b.intoArray(out, to1 + N);
    acc2a.intoArray(out, to2);
    acc2b.intoArray(out, to2 + N);
    acc3a.intoArray(out, to3);
    acc3b.intoArray(out, to3 + N);
    acc4a.intoArray(out, to4);
    acc4b.intoArray(out, to4 + N);
  }
}
