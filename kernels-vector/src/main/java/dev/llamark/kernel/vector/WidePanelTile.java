package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of the float product where there are 32 vector registers: the accumulators of six
 * rows by four vectors take 24, and leave room for four vectors of weights and one input.
 */
final class WidePanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes of a vector, and of one step in a panel. */
  private static final long BYTES = S.vectorByteSize();

  private static final long STEP = 4 * BYTES;

  /** Distance of the input's rows. */
  private static final int ROW = InputBlocks.DEPTH;

  private WidePanelTile() {}

  /** 6 rows by four vectors. */
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
    FloatVector acc02 = FloatVector.zero(S);
    FloatVector acc03 = FloatVector.zero(S);
    FloatVector acc10 = FloatVector.zero(S);
    FloatVector acc11 = FloatVector.zero(S);
    FloatVector acc12 = FloatVector.zero(S);
    FloatVector acc13 = FloatVector.zero(S);
    FloatVector acc20 = FloatVector.zero(S);
    FloatVector acc21 = FloatVector.zero(S);
    FloatVector acc22 = FloatVector.zero(S);
    FloatVector acc23 = FloatVector.zero(S);
    FloatVector acc30 = FloatVector.zero(S);
    FloatVector acc31 = FloatVector.zero(S);
    FloatVector acc32 = FloatVector.zero(S);
    FloatVector acc33 = FloatVector.zero(S);
    FloatVector acc40 = FloatVector.zero(S);
    FloatVector acc41 = FloatVector.zero(S);
    FloatVector acc42 = FloatVector.zero(S);
    FloatVector acc43 = FloatVector.zero(S);
    FloatVector acc50 = FloatVector.zero(S);
    FloatVector acc51 = FloatVector.zero(S);
    FloatVector acc52 = FloatVector.zero(S);
    FloatVector acc53 = FloatVector.zero(S);

    // body
    long at = wOffset;
    for (int k = xOffset; k < xOffset + count; k++, at += STEP) {
      FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc00 = Lanes.fma(x0, w0, acc00);
      acc01 = Lanes.fma(x0, w1, acc01);
      acc02 = Lanes.fma(x0, w2, acc02);
      acc03 = Lanes.fma(x0, w3, acc03);
      FloatVector x1 = FloatVector.broadcast(S, x[k + ROW]);
      acc10 = Lanes.fma(x1, w0, acc10);
      acc11 = Lanes.fma(x1, w1, acc11);
      acc12 = Lanes.fma(x1, w2, acc12);
      acc13 = Lanes.fma(x1, w3, acc13);
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2 * ROW]);
      acc20 = Lanes.fma(x2, w0, acc20);
      acc21 = Lanes.fma(x2, w1, acc21);
      acc22 = Lanes.fma(x2, w2, acc22);
      acc23 = Lanes.fma(x2, w3, acc23);
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3 * ROW]);
      acc30 = Lanes.fma(x3, w0, acc30);
      acc31 = Lanes.fma(x3, w1, acc31);
      acc32 = Lanes.fma(x3, w2, acc32);
      acc33 = Lanes.fma(x3, w3, acc33);
      FloatVector x4 = FloatVector.broadcast(S, x[k + 4 * ROW]);
      acc40 = Lanes.fma(x4, w0, acc40);
      acc41 = Lanes.fma(x4, w1, acc41);
      acc42 = Lanes.fma(x4, w2, acc42);
      acc43 = Lanes.fma(x4, w3, acc43);
      FloatVector x5 = FloatVector.broadcast(S, x[k + 5 * ROW]);
      acc50 = Lanes.fma(x5, w0, acc50);
      acc51 = Lanes.fma(x5, w1, acc51);
      acc52 = Lanes.fma(x5, w2, acc52);
      acc53 = Lanes.fma(x5, w3, acc53);
    }

    // store
    store(out, outOffset, add, acc00, acc01, acc02, acc03);
    store(out, outOffset + outStride, add, acc10, acc11, acc12, acc13);
    store(out, outOffset + 2 * outStride, add, acc20, acc21, acc22, acc23);
    store(out, outOffset + 3 * outStride, add, acc30, acc31, acc32, acc33);
    store(out, outOffset + 4 * outStride, add, acc40, acc41, acc42, acc43);
    store(out, outOffset + 5 * outStride, add, acc50, acc51, acc52, acc53);
  }

  /** 4 rows by four vectors. */
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
    FloatVector acc02 = FloatVector.zero(S);
    FloatVector acc03 = FloatVector.zero(S);
    FloatVector acc10 = FloatVector.zero(S);
    FloatVector acc11 = FloatVector.zero(S);
    FloatVector acc12 = FloatVector.zero(S);
    FloatVector acc13 = FloatVector.zero(S);
    FloatVector acc20 = FloatVector.zero(S);
    FloatVector acc21 = FloatVector.zero(S);
    FloatVector acc22 = FloatVector.zero(S);
    FloatVector acc23 = FloatVector.zero(S);
    FloatVector acc30 = FloatVector.zero(S);
    FloatVector acc31 = FloatVector.zero(S);
    FloatVector acc32 = FloatVector.zero(S);
    FloatVector acc33 = FloatVector.zero(S);

    // body
    long at = wOffset;
    for (int k = xOffset; k < xOffset + count; k++, at += STEP) {
      FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc00 = Lanes.fma(x0, w0, acc00);
      acc01 = Lanes.fma(x0, w1, acc01);
      acc02 = Lanes.fma(x0, w2, acc02);
      acc03 = Lanes.fma(x0, w3, acc03);
      FloatVector x1 = FloatVector.broadcast(S, x[k + ROW]);
      acc10 = Lanes.fma(x1, w0, acc10);
      acc11 = Lanes.fma(x1, w1, acc11);
      acc12 = Lanes.fma(x1, w2, acc12);
      acc13 = Lanes.fma(x1, w3, acc13);
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2 * ROW]);
      acc20 = Lanes.fma(x2, w0, acc20);
      acc21 = Lanes.fma(x2, w1, acc21);
      acc22 = Lanes.fma(x2, w2, acc22);
      acc23 = Lanes.fma(x2, w3, acc23);
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3 * ROW]);
      acc30 = Lanes.fma(x3, w0, acc30);
      acc31 = Lanes.fma(x3, w1, acc31);
      acc32 = Lanes.fma(x3, w2, acc32);
      acc33 = Lanes.fma(x3, w3, acc33);
    }

    // store
    store(out, outOffset, add, acc00, acc01, acc02, acc03);
    store(out, outOffset + outStride, add, acc10, acc11, acc12, acc13);
    store(out, outOffset + 2 * outStride, add, acc20, acc21, acc22, acc23);
    store(out, outOffset + 3 * outStride, add, acc30, acc31, acc32, acc33);
  }

  private static void store(
      float[] out,
      int at,
      boolean add,
      FloatVector v0,
      FloatVector v1,
      FloatVector v2,
      FloatVector v3) {
    if (add) {
      FloatVector.fromArray(S, out, at + 0 * S.length())
          .add(v0)
          .intoArray(out, at + 0 * S.length());
      FloatVector.fromArray(S, out, at + 1 * S.length())
          .add(v1)
          .intoArray(out, at + 1 * S.length());
      FloatVector.fromArray(S, out, at + 2 * S.length())
          .add(v2)
          .intoArray(out, at + 2 * S.length());
      FloatVector.fromArray(S, out, at + 3 * S.length())
          .add(v3)
          .intoArray(out, at + 3 * S.length());
    } else {
      v0.intoArray(out, at + 0 * S.length());
      v1.intoArray(out, at + 1 * S.length());
      v2.intoArray(out, at + 2 * S.length());
      v3.intoArray(out, at + 3 * S.length());
    }
  }
}
