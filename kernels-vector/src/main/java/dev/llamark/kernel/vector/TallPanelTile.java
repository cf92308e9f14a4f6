package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the float product where there are 32 vector registers: six rows by three
 * vectors, with their weights and inputs, take 27 of them, however early the compiler loads. Rows
 * that are left go to {@link PanelTile}, whose rules hold here too.
 */
final class TallPanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = VectorWeights.WIDTH;

  private TallPanelTile() {}

  /** Six rows by three vectors: adds to the result, or stores it. */
  static void multiply6(
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
    FloatVector acc3a = FloatVector.zero(S);
    FloatVector acc3b = FloatVector.zero(S);
    FloatVector acc3c = FloatVector.zero(S);
    FloatVector acc4a = FloatVector.zero(S);
    FloatVector acc4b = FloatVector.zero(S);
    FloatVector acc4c = FloatVector.zero(S);
    FloatVector acc5a = FloatVector.zero(S);
    FloatVector acc5b = FloatVector.zero(S);
    FloatVector acc5c = FloatVector.zero(S);

    // body
    for (int k = 0; k < count; k++) {
      FloatVector wa = FloatVector.fromArray(S, w, k * WIDTH);
      FloatVector wb = FloatVector.fromArray(S, w, k * WIDTH + N);
      FloatVector wc = FloatVector.fromArray(S, w, k * WIDTH + 2 * N);
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 6]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      acc0c = x0.fma(wc, acc0c);
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 6 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      acc1c = x1.fma(wc, acc1c);
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 6 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      acc2c = x2.fma(wc, acc2c);
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k * 6 + 3]);
      acc3a = x3.fma(wa, acc3a);
      acc3b = x3.fma(wb, acc3b);
      acc3c = x3.fma(wc, acc3c);
      FloatVector x4 = FloatVector.broadcast(S, x[xOffset + k * 6 + 4]);
      acc4a = x4.fma(wa, acc4a);
      acc4b = x4.fma(wb, acc4b);
      acc4c = x4.fma(wc, acc4c);
      FloatVector x5 = FloatVector.broadcast(S, x[xOffset + k * 6 + 5]);
      acc5a = x5.fma(wa, acc5a);
      acc5b = x5.fma(wb, acc5b);
      acc5c = x5.fma(wc, acc5c);
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
      acc0c = acc0c.add(FloatVector.fromArray(S, out, to0 + 2 * N));
      acc1a = acc1a.add(FloatVector.fromArray(S, out, to1));
      acc1b = acc1b.add(FloatVector.fromArray(S, out, to1 + N));
      acc1c = acc1c.add(FloatVector.fromArray(S, out, to1 + 2 * N));
      acc2a = acc2a.add(FloatVector.fromArray(S, out, to2));
      acc2b = acc2b.add(FloatVector.fromArray(S, out, to2 + N));
      acc2c = acc2c.add(FloatVector.fromArray(S, out, to2 + 2 * N));
      acc3a = acc3a.add(FloatVector.fromArray(S, out, to3));
      acc3b = acc3b.add(FloatVector.fromArray(S, out, to3 + N));
      acc3c = acc3c.add(FloatVector.fromArray(S, out, to3 + 2 * N));
      acc4a = acc4a.add(FloatVector.fromArray(S, out, to4));
      acc4b = acc4b.add(FloatVector.fromArray(S, out, to4 + N));
      acc4c = acc4c.add(FloatVector.fromArray(S, out, to4 + 2 * N));
      acc5a = acc5a.add(FloatVector.fromArray(S, out, to5));
      acc5b = acc5b.add(FloatVector.fromArray(S, out, to5 + N));
      acc5c = acc5c.add(FloatVector.fromArray(S, out, to5 + 2 * N));
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
    acc3a.intoArray(out, to3);
    acc3b.intoArray(out, to3 + N);
    acc3c.intoArray(out, to3 + 2 * N);
    acc4a.intoArray(out, to4);
    acc4b.intoArray(out, to4 + N);
    acc4c.intoArray(out, to4 + 2 * N);
    acc5a.intoArray(out, to5);
    acc5b.intoArray(out, to5 + N);
    acc5c.intoArray(out, to5 + 2 * N);
  }
}
