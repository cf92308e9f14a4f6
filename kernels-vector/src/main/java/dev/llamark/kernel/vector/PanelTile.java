package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of the float product that fit 16 vector registers: six rows by two vectors are
 * twelve accumulators, which with two vectors of weights and one of input take fifteen. Several
 * inputs a turn, as counting and addressing cost a third of the instructions otherwise, and a core
 * that shares its decoders with another runs at the speed of its instructions.
 *
 * <p>Left to itself the compiler loads all inputs of a step before it multiplies, and runs out of
 * registers; with one accumulator in memory a tile is half as fast. No load moves over a fence of
 * loads, and on x86 such a fence is no instruction.
 *
 * <p>Every vector operation here is a call of the Vector API itself, which the compiler always
 * inlines. A method of ours in between, however small, is not inlined any more once so large a body
 * has used up the compiler's budget, and then accumulators live on the heap.
 */
final class PanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final long STEP = TileShape.ROW;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelTile() {}

  /**
   * The tile of that height, of this class or {@link TallPanelTile}.
   *
   * @param height see {@link TileShape#height}
   */
  static void multiply(
      int height,
      float[] x,
      int xFrom,
      MemorySegment w,
      long wFrom,
      int count,
      float[] out,
      int outFrom,
      int outStride,
      boolean add) {
    switch (height) {
      case 4 -> multiply4(x, xFrom, w, wFrom, count, out, outFrom, outStride, add);
      case 6 -> multiply6(x, xFrom, w, wFrom, count, out, outFrom, outStride, add);
      case 8 -> TallPanelTile.multiply8(x, xFrom, w, wFrom, count, out, outFrom, outStride, add);
      default -> TallPanelTile.multiply12(x, xFrom, w, wFrom, count, out, outFrom, outStride, add);
    }
  }

  /**
   * Six rows by two vectors: adds to the result, or stores it.
   *
   * @param x inputs, (input × row) from {@code xOffset} on
   * @param w weights, (input × output) from byte {@code wOffset} on
   * @param count inputs
   * @param out result, its rows {@code outStride} apart
   */
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
    int k = 0;

    // body
    for (; k <= count - 2; k += 2) {
      long from0 = wOffset + k * STEP;
      FloatVector w0a = FloatVector.fromMemorySegment(S, w, from0, ORDER);
      FloatVector w0b = FloatVector.fromMemorySegment(S, w, from0 + STEP / 2, ORDER);
      VarHandle.loadLoadFence();
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 6]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 6 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 6 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 6 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x04 = FloatVector.broadcast(S, x[xOffset + k * 6 + 4]);
      acc4a = x04.fma(w0a, acc4a);
      acc4b = x04.fma(w0b, acc4b);
      VarHandle.loadLoadFence();
      FloatVector x05 = FloatVector.broadcast(S, x[xOffset + k * 6 + 5]);
      acc5a = x05.fma(w0a, acc5a);
      acc5b = x05.fma(w0b, acc5b);
      VarHandle.loadLoadFence();
      long from1 = wOffset + (k + 1) * STEP;
      FloatVector w1a = FloatVector.fromMemorySegment(S, w, from1, ORDER);
      FloatVector w1b = FloatVector.fromMemorySegment(S, w, from1 + STEP / 2, ORDER);
      VarHandle.loadLoadFence();
      FloatVector x10 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 6]);
      acc0a = x10.fma(w1a, acc0a);
      acc0b = x10.fma(w1b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x11 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 6 + 1]);
      acc1a = x11.fma(w1a, acc1a);
      acc1b = x11.fma(w1b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x12 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 6 + 2]);
      acc2a = x12.fma(w1a, acc2a);
      acc2b = x12.fma(w1b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x13 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 6 + 3]);
      acc3a = x13.fma(w1a, acc3a);
      acc3b = x13.fma(w1b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x14 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 6 + 4]);
      acc4a = x14.fma(w1a, acc4a);
      acc4b = x14.fma(w1b, acc4b);
      VarHandle.loadLoadFence();
      FloatVector x15 = FloatVector.broadcast(S, x[xOffset + (k + 1) * 6 + 5]);
      acc5a = x15.fma(w1a, acc5a);
      acc5b = x15.fma(w1b, acc5b);
      VarHandle.loadLoadFence();
    }

    // tail
    for (; k < count; k++) {
      long from0 = wOffset + k * STEP;
      FloatVector w0a = FloatVector.fromMemorySegment(S, w, from0, ORDER);
      FloatVector w0b = FloatVector.fromMemorySegment(S, w, from0 + STEP / 2, ORDER);
      VarHandle.loadLoadFence();
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 6]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 6 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 6 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 6 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x04 = FloatVector.broadcast(S, x[xOffset + k * 6 + 4]);
      acc4a = x04.fma(w0a, acc4a);
      acc4b = x04.fma(w0b, acc4b);
      VarHandle.loadLoadFence();
      FloatVector x05 = FloatVector.broadcast(S, x[xOffset + k * 6 + 5]);
      acc5a = x05.fma(w0a, acc5a);
      acc5b = x05.fma(w0b, acc5b);
      VarHandle.loadLoadFence();
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + 1 * outStride;
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

  /** Four rows by two vectors, likewise: as {@link #multiply6}. */
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
      long from0 = wOffset + k * STEP;
      FloatVector w0a = FloatVector.fromMemorySegment(S, w, from0, ORDER);
      FloatVector w0b = FloatVector.fromMemorySegment(S, w, from0 + STEP / 2, ORDER);
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
      long from1 = wOffset + (k + 1) * STEP;
      FloatVector w1a = FloatVector.fromMemorySegment(S, w, from1, ORDER);
      FloatVector w1b = FloatVector.fromMemorySegment(S, w, from1 + STEP / 2, ORDER);
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
      long from0 = wOffset + k * STEP;
      FloatVector w0a = FloatVector.fromMemorySegment(S, w, from0, ORDER);
      FloatVector w0b = FloatVector.fromMemorySegment(S, w, from0 + STEP / 2, ORDER);
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
    int to1 = outOffset + 1 * outStride;
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
