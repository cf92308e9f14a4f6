package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of {@link PanelTile} and {@link LowPanelTile} over weights as they lie in
 * memory, for the first tile of rows. It multiplies while it waits for them, and keeps them at hand
 * for the tiles that follow.
 */
final class StreamTile {

  /** Rows of the highest tile. */
  static final int ROWS = 6;

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = TileShape.WIDTH;
  private static final long STEP = (long) WIDTH * Float.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private StreamTile() {}

  /** Six rows by two vectors: adds to the result, or stores it. */
  static void multiply6(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] kept,
      int keptOffset,
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
    FloatVector acc5a = FloatVector.zero(S);
    FloatVector acc5b = FloatVector.zero(S);

    // body
    for (int k = 0; k < count; k++) {
      long from = wOffset + k * STEP;
      int to = keptOffset + k * WIDTH;
      FloatVector wa = FloatVector.fromMemorySegment(S, w, from, ORDER);
      FloatVector wb = FloatVector.fromMemorySegment(S, w, from + STEP / 2, ORDER);
      wa.intoArray(kept, to);
      wb.intoArray(kept, to + N);
      VarHandle.loadLoadFence();
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 6]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 6 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 6 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k * 6 + 3]);
      acc3a = x3.fma(wa, acc3a);
      acc3b = x3.fma(wb, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x4 = FloatVector.broadcast(S, x[xOffset + k * 6 + 4]);
      acc4a = x4.fma(wa, acc4a);
      acc4b = x4.fma(wb, acc4b);
      VarHandle.loadLoadFence();
      FloatVector x5 = FloatVector.broadcast(S, x[xOffset + k * 6 + 5]);
      acc5a = x5.fma(wa, acc5a);
      acc5b = x5.fma(wb, acc5b);
      VarHandle.loadLoadFence();
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    int to4 = outOffset + 4 * outStride;
    int to5 = outOffset + 5 * outStride;
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
      acc5a = acc5a.add(FloatVector.fromArray(S, out, to5));
      acc5b = acc5b.add(FloatVector.fromArray(S, out, to5 + N));
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
    acc5a.intoArray(out, to5);
    acc5b.intoArray(out, to5 + N);
  }

  /** Five rows by two vectors: adds to the result, or stores it. */
  static void multiply5(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] kept,
      int keptOffset,
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
      long from = wOffset + k * STEP;
      int to = keptOffset + k * WIDTH;
      FloatVector wa = FloatVector.fromMemorySegment(S, w, from, ORDER);
      FloatVector wb = FloatVector.fromMemorySegment(S, w, from + STEP / 2, ORDER);
      wa.intoArray(kept, to);
      wb.intoArray(kept, to + N);
      VarHandle.loadLoadFence();
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 5]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 5 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 5 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k * 5 + 3]);
      acc3a = x3.fma(wa, acc3a);
      acc3b = x3.fma(wb, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x4 = FloatVector.broadcast(S, x[xOffset + k * 5 + 4]);
      acc4a = x4.fma(wa, acc4a);
      acc4b = x4.fma(wb, acc4b);
      VarHandle.loadLoadFence();
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

  /** Four rows by two vectors: adds to the result, or stores it. */
  static void multiply4(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] kept,
      int keptOffset,
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

    // body
    for (int k = 0; k < count; k++) {
      long from = wOffset + k * STEP;
      int to = keptOffset + k * WIDTH;
      FloatVector wa = FloatVector.fromMemorySegment(S, w, from, ORDER);
      FloatVector wb = FloatVector.fromMemorySegment(S, w, from + STEP / 2, ORDER);
      wa.intoArray(kept, to);
      wb.intoArray(kept, to + N);
      VarHandle.loadLoadFence();
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 4]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 4 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 4 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k * 4 + 3]);
      acc3a = x3.fma(wa, acc3a);
      acc3b = x3.fma(wb, acc3b);
      VarHandle.loadLoadFence();
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    if (add) {
      acc0a = acc0a.add(FloatVector.fromArray(S, out, to0));
      acc0b = acc0b.add(FloatVector.fromArray(S, out, to0 + N));
      acc1a = acc1a.add(FloatVector.fromArray(S, out, to1));
      acc1b = acc1b.add(FloatVector.fromArray(S, out, to1 + N));
      acc2a = acc2a.add(FloatVector.fromArray(S, out, to2));
      acc2b = acc2b.add(FloatVector.fromArray(S, out, to2 + N));
      acc3a = acc3a.add(FloatVector.fromArray(S, out, to3));
      acc3b = acc3b.add(FloatVector.fromArray(S, out, to3 + N));
    }
    acc0a.intoArray(out, to0);
    acc0b.intoArray(out, to0 + N);
    acc1a.intoArray(out, to1);
    acc1b.intoArray(out, to1 + N);
    acc2a.intoArray(out, to2);
    acc2b.intoArray(out, to2 + N);
    acc3a.intoArray(out, to3);
    acc3b.intoArray(out, to3 + N);
  }
}
