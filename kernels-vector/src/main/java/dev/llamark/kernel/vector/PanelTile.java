package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of the float product where there are 16 vector registers: the accumulators of six
 * rows by two vectors take twelve, enough to hide the latency of the additions, and leave room for
 * two vectors of weights and one input.
 */
final class PanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes of a vector, and of one step in a panel. */
  private static final long BYTES = S.vectorByteSize();

  private static final long STEP = 2 * BYTES;

  /** Distance of the input's rows. */
  private static final int ROW = InputBlocks.DEPTH;

  private PanelTile() {}

  /** 6 rows by two vectors. */
  static void multiply6(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset,
      int outStride,
      boolean add) {
    FloatVector acc00 = FloatVector.zero(S);
    FloatVector acc01 = FloatVector.zero(S);
    FloatVector acc10 = FloatVector.zero(S);
    FloatVector acc11 = FloatVector.zero(S);
    FloatVector acc20 = FloatVector.zero(S);
    FloatVector acc21 = FloatVector.zero(S);
    FloatVector acc30 = FloatVector.zero(S);
    FloatVector acc31 = FloatVector.zero(S);
    FloatVector acc40 = FloatVector.zero(S);
    FloatVector acc41 = FloatVector.zero(S);
    FloatVector acc50 = FloatVector.zero(S);
    FloatVector acc51 = FloatVector.zero(S);

    // body
    long at = wOffset;
    for (int k = xOffset; k < xOffset + count; k++, at += STEP) {
      FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc00 = Lanes.fma(x0, w0, acc00);
      acc01 = Lanes.fma(x0, w1, acc01);
      FloatVector x1 = FloatVector.broadcast(S, x[k + ROW]);
      acc10 = Lanes.fma(x1, w0, acc10);
      acc11 = Lanes.fma(x1, w1, acc11);
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2 * ROW]);
      acc20 = Lanes.fma(x2, w0, acc20);
      acc21 = Lanes.fma(x2, w1, acc21);
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3 * ROW]);
      acc30 = Lanes.fma(x3, w0, acc30);
      acc31 = Lanes.fma(x3, w1, acc31);
      FloatVector x4 = FloatVector.broadcast(S, x[k + 4 * ROW]);
      acc40 = Lanes.fma(x4, w0, acc40);
      acc41 = Lanes.fma(x4, w1, acc41);
      FloatVector x5 = FloatVector.broadcast(S, x[k + 5 * ROW]);
      acc50 = Lanes.fma(x5, w0, acc50);
      acc51 = Lanes.fma(x5, w1, acc51);
    }

    // store
    store(out, outOffset, add, acc00, acc01);
    store(out, outOffset + outStride, add, acc10, acc11);
    store(out, outOffset + 2 * outStride, add, acc20, acc21);
    store(out, outOffset + 3 * outStride, add, acc30, acc31);
    store(out, outOffset + 4 * outStride, add, acc40, acc41);
    store(out, outOffset + 5 * outStride, add, acc50, acc51);
  }

  /** 4 rows by two vectors. */
  static void multiply4(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset,
      int outStride,
      boolean add) {
    FloatVector acc00 = FloatVector.zero(S);
    FloatVector acc01 = FloatVector.zero(S);
    FloatVector acc10 = FloatVector.zero(S);
    FloatVector acc11 = FloatVector.zero(S);
    FloatVector acc20 = FloatVector.zero(S);
    FloatVector acc21 = FloatVector.zero(S);
    FloatVector acc30 = FloatVector.zero(S);
    FloatVector acc31 = FloatVector.zero(S);

    // body
    long at = wOffset;
    for (int k = xOffset; k < xOffset + count; k++, at += STEP) {
      FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc00 = Lanes.fma(x0, w0, acc00);
      acc01 = Lanes.fma(x0, w1, acc01);
      FloatVector x1 = FloatVector.broadcast(S, x[k + ROW]);
      acc10 = Lanes.fma(x1, w0, acc10);
      acc11 = Lanes.fma(x1, w1, acc11);
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2 * ROW]);
      acc20 = Lanes.fma(x2, w0, acc20);
      acc21 = Lanes.fma(x2, w1, acc21);
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3 * ROW]);
      acc30 = Lanes.fma(x3, w0, acc30);
      acc31 = Lanes.fma(x3, w1, acc31);
    }

    // store
    store(out, outOffset, add, acc00, acc01);
    store(out, outOffset + outStride, add, acc10, acc11);
    store(out, outOffset + 2 * outStride, add, acc20, acc21);
    store(out, outOffset + 3 * outStride, add, acc30, acc31);
  }

  private static void store(float[] out, int at, boolean add, FloatVector v0, FloatVector v1) {
    if (add) {
      FloatVector.fromArray(S, out, at + 0 * S.length())
          .add(v0)
          .intoArray(out, at + 0 * S.length());
      FloatVector.fromArray(S, out, at + 1 * S.length())
          .add(v1)
          .intoArray(out, at + 1 * S.length());
    } else {
      v0.intoArray(out, at + 0 * S.length());
      v1.intoArray(out, at + 1 * S.length());
    }
  }
}
