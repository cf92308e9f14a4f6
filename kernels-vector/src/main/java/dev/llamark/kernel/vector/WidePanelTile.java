package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles of the float product where there are 32 vector registers: the accumulators of six
 * rows by four vectors take 24, and leave room for four vectors of weights and one input.
 *
 * <p>Every vector operation here is a call of the Vector API itself, which the compiler always
 * inlines. A method of ours in between, however small, is not inlined any more once so large a body
 * has used up the compiler's budget, and then accumulators live on the heap.
 */
final class WidePanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** Bytes of a vector, and of one step in a panel. */
  private static final long BYTES = S.vectorByteSize();

  private static final long STEP = 4 * BYTES;

  /** Distance of the input's rows. */
  private static final int ROW = InputBlocks.DEPTH;

  private WidePanelTile() {}

  /** Adds 6 rows by four vectors to {@code out}. */
  static void multiply6(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset,
      int outStride) {
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    int to4 = outOffset + 4 * outStride;
    int to5 = outOffset + 5 * outStride;
    FloatVector acc00 = FloatVector.fromArray(S, out, to0);
    FloatVector acc01 = FloatVector.fromArray(S, out, to0 + N);
    FloatVector acc02 = FloatVector.fromArray(S, out, to0 + 2 * N);
    FloatVector acc03 = FloatVector.fromArray(S, out, to0 + 3 * N);
    FloatVector acc10 = FloatVector.fromArray(S, out, to1);
    FloatVector acc11 = FloatVector.fromArray(S, out, to1 + N);
    FloatVector acc12 = FloatVector.fromArray(S, out, to1 + 2 * N);
    FloatVector acc13 = FloatVector.fromArray(S, out, to1 + 3 * N);
    FloatVector acc20 = FloatVector.fromArray(S, out, to2);
    FloatVector acc21 = FloatVector.fromArray(S, out, to2 + N);
    FloatVector acc22 = FloatVector.fromArray(S, out, to2 + 2 * N);
    FloatVector acc23 = FloatVector.fromArray(S, out, to2 + 3 * N);
    FloatVector acc30 = FloatVector.fromArray(S, out, to3);
    FloatVector acc31 = FloatVector.fromArray(S, out, to3 + N);
    FloatVector acc32 = FloatVector.fromArray(S, out, to3 + 2 * N);
    FloatVector acc33 = FloatVector.fromArray(S, out, to3 + 3 * N);
    FloatVector acc40 = FloatVector.fromArray(S, out, to4);
    FloatVector acc41 = FloatVector.fromArray(S, out, to4 + N);
    FloatVector acc42 = FloatVector.fromArray(S, out, to4 + 2 * N);
    FloatVector acc43 = FloatVector.fromArray(S, out, to4 + 3 * N);
    FloatVector acc50 = FloatVector.fromArray(S, out, to5);
    FloatVector acc51 = FloatVector.fromArray(S, out, to5 + N);
    FloatVector acc52 = FloatVector.fromArray(S, out, to5 + 2 * N);
    FloatVector acc53 = FloatVector.fromArray(S, out, to5 + 3 * N);

    // body
    long at = wOffset;
    for (int k = xOffset; k < xOffset + count; k++, at += STEP) {
      FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc00 = x0.fma(w0, acc00);
      acc01 = x0.fma(w1, acc01);
      acc02 = x0.fma(w2, acc02);
      acc03 = x0.fma(w3, acc03);
      FloatVector x1 = FloatVector.broadcast(S, x[k + ROW]);
      acc10 = x1.fma(w0, acc10);
      acc11 = x1.fma(w1, acc11);
      acc12 = x1.fma(w2, acc12);
      acc13 = x1.fma(w3, acc13);
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2 * ROW]);
      acc20 = x2.fma(w0, acc20);
      acc21 = x2.fma(w1, acc21);
      acc22 = x2.fma(w2, acc22);
      acc23 = x2.fma(w3, acc23);
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3 * ROW]);
      acc30 = x3.fma(w0, acc30);
      acc31 = x3.fma(w1, acc31);
      acc32 = x3.fma(w2, acc32);
      acc33 = x3.fma(w3, acc33);
      FloatVector x4 = FloatVector.broadcast(S, x[k + 4 * ROW]);
      acc40 = x4.fma(w0, acc40);
      acc41 = x4.fma(w1, acc41);
      acc42 = x4.fma(w2, acc42);
      acc43 = x4.fma(w3, acc43);
      FloatVector x5 = FloatVector.broadcast(S, x[k + 5 * ROW]);
      acc50 = x5.fma(w0, acc50);
      acc51 = x5.fma(w1, acc51);
      acc52 = x5.fma(w2, acc52);
      acc53 = x5.fma(w3, acc53);
    }

    // store
    acc00.intoArray(out, to0);
    acc01.intoArray(out, to0 + N);
    acc02.intoArray(out, to0 + 2 * N);
    acc03.intoArray(out, to0 + 3 * N);
    acc10.intoArray(out, to1);
    acc11.intoArray(out, to1 + N);
    acc12.intoArray(out, to1 + 2 * N);
    acc13.intoArray(out, to1 + 3 * N);
    acc20.intoArray(out, to2);
    acc21.intoArray(out, to2 + N);
    acc22.intoArray(out, to2 + 2 * N);
    acc23.intoArray(out, to2 + 3 * N);
    acc30.intoArray(out, to3);
    acc31.intoArray(out, to3 + N);
    acc32.intoArray(out, to3 + 2 * N);
    acc33.intoArray(out, to3 + 3 * N);
    acc40.intoArray(out, to4);
    acc41.intoArray(out, to4 + N);
    acc42.intoArray(out, to4 + 2 * N);
    acc43.intoArray(out, to4 + 3 * N);
    acc50.intoArray(out, to5);
    acc51.intoArray(out, to5 + N);
    acc52.intoArray(out, to5 + 2 * N);
    acc53.intoArray(out, to5 + 3 * N);
  }

  /** Adds 4 rows by four vectors to {@code out}. */
  static void multiply4(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset,
      int outStride) {
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    FloatVector acc00 = FloatVector.fromArray(S, out, to0);
    FloatVector acc01 = FloatVector.fromArray(S, out, to0 + N);
    FloatVector acc02 = FloatVector.fromArray(S, out, to0 + 2 * N);
    FloatVector acc03 = FloatVector.fromArray(S, out, to0 + 3 * N);
    FloatVector acc10 = FloatVector.fromArray(S, out, to1);
    FloatVector acc11 = FloatVector.fromArray(S, out, to1 + N);
    FloatVector acc12 = FloatVector.fromArray(S, out, to1 + 2 * N);
    FloatVector acc13 = FloatVector.fromArray(S, out, to1 + 3 * N);
    FloatVector acc20 = FloatVector.fromArray(S, out, to2);
    FloatVector acc21 = FloatVector.fromArray(S, out, to2 + N);
    FloatVector acc22 = FloatVector.fromArray(S, out, to2 + 2 * N);
    FloatVector acc23 = FloatVector.fromArray(S, out, to2 + 3 * N);
    FloatVector acc30 = FloatVector.fromArray(S, out, to3);
    FloatVector acc31 = FloatVector.fromArray(S, out, to3 + N);
    FloatVector acc32 = FloatVector.fromArray(S, out, to3 + 2 * N);
    FloatVector acc33 = FloatVector.fromArray(S, out, to3 + 3 * N);

    // body
    long at = wOffset;
    for (int k = xOffset; k < xOffset + count; k++, at += STEP) {
      FloatVector w0 = FloatVector.fromMemorySegment(S, w, at, ORDER);
      FloatVector w1 = FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER);
      FloatVector w2 = FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER);
      FloatVector w3 = FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER);
      FloatVector x0 = FloatVector.broadcast(S, x[k]);
      acc00 = x0.fma(w0, acc00);
      acc01 = x0.fma(w1, acc01);
      acc02 = x0.fma(w2, acc02);
      acc03 = x0.fma(w3, acc03);
      FloatVector x1 = FloatVector.broadcast(S, x[k + ROW]);
      acc10 = x1.fma(w0, acc10);
      acc11 = x1.fma(w1, acc11);
      acc12 = x1.fma(w2, acc12);
      acc13 = x1.fma(w3, acc13);
      FloatVector x2 = FloatVector.broadcast(S, x[k + 2 * ROW]);
      acc20 = x2.fma(w0, acc20);
      acc21 = x2.fma(w1, acc21);
      acc22 = x2.fma(w2, acc22);
      acc23 = x2.fma(w3, acc23);
      FloatVector x3 = FloatVector.broadcast(S, x[k + 3 * ROW]);
      acc30 = x3.fma(w0, acc30);
      acc31 = x3.fma(w1, acc31);
      acc32 = x3.fma(w2, acc32);
      acc33 = x3.fma(w3, acc33);
    }

    // store
    acc00.intoArray(out, to0);
    acc01.intoArray(out, to0 + N);
    acc02.intoArray(out, to0 + 2 * N);
    acc03.intoArray(out, to0 + 3 * N);
    acc10.intoArray(out, to1);
    acc11.intoArray(out, to1 + N);
    acc12.intoArray(out, to1 + 2 * N);
    acc13.intoArray(out, to1 + 3 * N);
    acc20.intoArray(out, to2);
    acc21.intoArray(out, to2 + N);
    acc22.intoArray(out, to2 + 2 * N);
    acc23.intoArray(out, to2 + 3 * N);
    acc30.intoArray(out, to3);
    acc31.intoArray(out, to3 + N);
    acc32.intoArray(out, to3 + 2 * N);
    acc33.intoArray(out, to3 + 3 * N);
  }
}
