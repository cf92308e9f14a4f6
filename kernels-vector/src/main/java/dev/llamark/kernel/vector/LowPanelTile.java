package dev.llamark.kernel.vector;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of what {@link PanelTile} leaves, whose rules hold here too. Eight
 * accumulators are what the latency of the additions asks.
 */
final class LowPanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = TileShape.WIDTH;

  private LowPanelTile() {}

  /** Five rows by two vectors: adds to the result, or stores it. */
  static void multiply5(
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
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
    int k = 0;

    // body
    for (; k <= count - 2; k += 2) {
      FloatVector w0a = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector w0b = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 5]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 5 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 5 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 5 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x04 = FloatVector.broadcast(S, x[xOffset + k * 5 + 4]);
      acc4a = x04.fma(w0a, acc4a);
      acc4b = x04.fma(w0b, acc4b);
      VarHandle.loadLoadFence();
      FloatVector w1a = FloatVector.fromArray(S, w, wOffset + (k + 1) * WIDTH);
      FloatVector w1b = FloatVector.fromArray(S, w, wOffset + (k + 1) * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x10 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 5]);
      acc0a = x10.fma(w1a, acc0a);
      acc0b = x10.fma(w1b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x11 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 5 + 1]);
      acc1a = x11.fma(w1a, acc1a);
      acc1b = x11.fma(w1b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x12 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 5 + 2]);
      acc2a = x12.fma(w1a, acc2a);
      acc2b = x12.fma(w1b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x13 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 5 + 3]);
      acc3a = x13.fma(w1a, acc3a);
      acc3b = x13.fma(w1b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x14 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 5 + 4]);
      acc4a = x14.fma(w1a, acc4a);
      acc4b = x14.fma(w1b, acc4b);
      VarHandle.loadLoadFence();
    }

    // tail
    for (; k < count; k++) {
      FloatVector w0a = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector w0b = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 5]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 5 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 5 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 5 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x04 = FloatVector.broadcast(S, x[xOffset + k * 5 + 4]);
      acc4a = x04.fma(w0a, acc4a);
      acc4b = x04.fma(w0b, acc4b);
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
      float[] w,
      int wOffset,
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
    int k = 0;

    // body
    for (; k <= count - 2; k += 2) {
      FloatVector w0a = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector w0b = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 4]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 4 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 4 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 4 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector w1a = FloatVector.fromArray(S, w, wOffset + (k + 1) * WIDTH);
      FloatVector w1b = FloatVector.fromArray(S, w, wOffset + (k + 1) * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x10 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 4]);
      acc0a = x10.fma(w1a, acc0a);
      acc0b = x10.fma(w1b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x11 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 4 + 1]);
      acc1a = x11.fma(w1a, acc1a);
      acc1b = x11.fma(w1b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x12 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 4 + 2]);
      acc2a = x12.fma(w1a, acc2a);
      acc2b = x12.fma(w1b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x13 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 4 + 3]);
      acc3a = x13.fma(w1a, acc3a);
      acc3b = x13.fma(w1b, acc3b);
      VarHandle.loadLoadFence();
    }

    // tail
    for (; k < count; k++) {
      FloatVector w0a = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector w0b = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 4]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 4 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 4 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 4 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
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
