package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the float product where there are 16 vector registers: the accumulators of
 * three rows by three vectors hide the latency of the additions, and with three vectors of weights
 * and three inputs they take fifteen registers, however early the compiler loads. A larger tile
 * runs at less than half the speed as soon as one accumulator is spilled. The weights are a panel's
 * share of a block, (input × output).
 *
 * <p>Every vector operation here is a call of the Vector API itself, which the compiler always
 * inlines. A method of ours in between, however small, is not inlined any more once so large a body
 * has used up the compiler's budget, and then accumulators live on the heap.
 */
final class PanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;

  private PanelTile() {}

  /** Three rows by three vectors: adds to the result, or stores it. */
  static void multiply3(
      float[] x,
      int xOffset,
      float[] w,
      int count,
      float[] out,
      int outOffset,
      int outStride,
      boolean add) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc0c = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc1c = FloatVector.zero(S);
    FloatVector acc2a = FloatVector.zero(S);
    FloatVector acc2b = FloatVector.zero(S);
    FloatVector acc2c = FloatVector.zero(S);

    // body
    for (int k = 0; k < count; k++) {
      FloatVector wa = FloatVector.fromArray(S, w, k * WIDTH);
      FloatVector wb = FloatVector.fromArray(S, w, k * WIDTH + N);
      FloatVector wc = FloatVector.fromArray(S, w, k * WIDTH + 2 * N);
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 3]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      acc0c = x0.fma(wc, acc0c);
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 3 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      acc1c = x1.fma(wc, acc1c);
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 3 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      acc2c = x2.fma(wc, acc2c);
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    if (add) {
      acc0a = acc0a.add(FloatVector.fromArray(S, out, to0));
      acc0b = acc0b.add(FloatVector.fromArray(S, out, to0 + N));
      acc0c = acc0c.add(FloatVector.fromArray(S, out, to0 + 2 * N));
      acc1a = acc1a.add(FloatVector.fromArray(S, out, to1));
      acc1b = acc1b.add(FloatVector.fromArray(S, out, to1 + N));
      acc1c = acc1c.add(FloatVector.fromArray(S, out, to1 + 2 * N));
      acc2a = acc2a.add(FloatVector.fromArray(S, out, to2));
      acc2b = acc2b.add(FloatVector.fromArray(S, out, to2 + N));
      acc2c = acc2c.add(FloatVector.fromArray(S, out, to2 + 2 * N));
    }
    acc0a.intoArray(out, to0);
    acc0b.intoArray(out, to0 + N);
    acc0c.intoArray(out, to0 + 2 * N);
    acc1a.intoArray(out, to1);
    acc1b.intoArray(out, to1 + N);
    acc1c.intoArray(out, to1 + 2 * N);
    acc2a.intoArray(out, to2);
    acc2b.intoArray(out, to2 + N);
    acc2c.intoArray(out, to2 + 2 * N);
  }
}
