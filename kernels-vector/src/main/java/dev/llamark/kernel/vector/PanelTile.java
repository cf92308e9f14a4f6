package dev.llamark.kernel.vector;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the float product where there are 16 vector registers: six rows by two
 * vectors are twelve accumulators, which with two vectors of weights and one of input take fifteen.
 * Four inputs a turn, as counting and addressing cost a third of the instructions otherwise, and a
 * core that shares its decoders with another runs at the speed of its instructions.
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
  private static final int WIDTH = TileShape.WIDTH;

  private PanelTile() {}

  /** Six rows by two vectors: adds to the result, or stores it. */
  static void multiply6(
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
    FloatVector acc5a = FloatVector.zero(S);
    FloatVector acc5b = FloatVector.zero(S);
    int k = 0;

    // body
    for (; k <= count - 4; k += 4) {
      FloatVector w0a = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector w0b = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
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
      FloatVector w1a = FloatVector.fromArray(S, w, wOffset + (k + 1) * WIDTH);
      FloatVector w1b = FloatVector.fromArray(S, w, wOffset + (k + 1) * WIDTH + N);
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
      FloatVector w2a = FloatVector.fromArray(S, w, wOffset + (k + 2) * WIDTH);
      FloatVector w2b = FloatVector.fromArray(S, w, wOffset + (k + 2) * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x20 = FloatVector.broadcast(S, x[xOffset + (k + 2) * 6]);
      acc0a = x20.fma(w2a, acc0a);
      acc0b = x20.fma(w2b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x21 = FloatVector.broadcast(S, x[xOffset + (k + 2) * 6 + 1]);
      acc1a = x21.fma(w2a, acc1a);
      acc1b = x21.fma(w2b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x22 = FloatVector.broadcast(S, x[xOffset + (k + 2) * 6 + 2]);
      acc2a = x22.fma(w2a, acc2a);
      acc2b = x22.fma(w2b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x23 = FloatVector.broadcast(S, x[xOffset + (k + 2) * 6 + 3]);
      acc3a = x23.fma(w2a, acc3a);
      acc3b = x23.fma(w2b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x24 = FloatVector.broadcast(S, x[xOffset + (k + 2) * 6 + 4]);
      acc4a = x24.fma(w2a, acc4a);
      acc4b = x24.fma(w2b, acc4b);
      VarHandle.loadLoadFence();
      FloatVector x25 = FloatVector.broadcast(S, x[xOffset + (k + 2) * 6 + 5]);
      acc5a = x25.fma(w2a, acc5a);
      acc5b = x25.fma(w2b, acc5b);
      VarHandle.loadLoadFence();
      FloatVector w3a = FloatVector.fromArray(S, w, wOffset + (k + 3) * WIDTH);
      FloatVector w3b = FloatVector.fromArray(S, w, wOffset + (k + 3) * WIDTH + N);
      VarHandle.loadLoadFence();
      FloatVector x30 = FloatVector.broadcast(S, x[xOffset + (k + 3) * 6]);
      acc0a = x30.fma(w3a, acc0a);
      acc0b = x30.fma(w3b, acc0b);
      VarHandle.loadLoadFence();
      FloatVector x31 = FloatVector.broadcast(S, x[xOffset + (k + 3) * 6 + 1]);
      acc1a = x31.fma(w3a, acc1a);
      acc1b = x31.fma(w3b, acc1b);
      VarHandle.loadLoadFence();
      FloatVector x32 = FloatVector.broadcast(S, x[xOffset + (k + 3) * 6 + 2]);
      acc2a = x32.fma(w3a, acc2a);
      acc2b = x32.fma(w3b, acc2b);
      VarHandle.loadLoadFence();
      FloatVector x33 = FloatVector.broadcast(S, x[xOffset + (k + 3) * 6 + 3]);
      acc3a = x33.fma(w3a, acc3a);
      acc3b = x33.fma(w3b, acc3b);
      VarHandle.loadLoadFence();
      FloatVector x34 = FloatVector.broadcast(S, x[xOffset + (k + 3) * 6 + 4]);
      acc4a = x34.fma(w3a, acc4a);
      acc4b = x34.fma(w3b, acc4b);
      VarHandle.loadLoadFence();
      FloatVector x35 = FloatVector.broadcast(S, x[xOffset + (k + 3) * 6 + 5]);
      acc5a = x35.fma(w3a, acc5a);
      acc5b = x35.fma(w3b, acc5b);
      VarHandle.loadLoadFence();
    }

    // tail
    for (; k < count; k++) {
      FloatVector w0a = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector w0b = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
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
}
