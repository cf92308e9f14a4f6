package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the float product where there are 32 vector registers: twelve rows by two
 * vectors. They bear the loads that the compiler brings forward, so that this tile needs none of
 * the fences of {@link PanelTile}, which cost an instruction on Arm.
 */
final class TallPanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = TileShape.WIDTH;

  private TallPanelTile() {}

  /** Twelve rows by two vectors: adds to the result, or stores it. */
  static void multiply12(
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
    FloatVector acc6a = FloatVector.zero(S);
    FloatVector acc6b = FloatVector.zero(S);
    FloatVector acc7a = FloatVector.zero(S);
    FloatVector acc7b = FloatVector.zero(S);
    FloatVector acc8a = FloatVector.zero(S);
    FloatVector acc8b = FloatVector.zero(S);
    FloatVector acc9a = FloatVector.zero(S);
    FloatVector acc9b = FloatVector.zero(S);
    FloatVector acc10a = FloatVector.zero(S);
    FloatVector acc10b = FloatVector.zero(S);
    FloatVector acc11a = FloatVector.zero(S);
    FloatVector acc11b = FloatVector.zero(S);

    // body
    for (int k = 0; k < count; k++) {
      FloatVector wa = FloatVector.fromArray(S, w, wOffset + k * WIDTH);
      FloatVector wb = FloatVector.fromArray(S, w, wOffset + k * WIDTH + N);
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k * 12]);
      acc0a = x0.fma(wa, acc0a);
      acc0b = x0.fma(wb, acc0b);
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k * 12 + 1]);
      acc1a = x1.fma(wa, acc1a);
      acc1b = x1.fma(wb, acc1b);
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k * 12 + 2]);
      acc2a = x2.fma(wa, acc2a);
      acc2b = x2.fma(wb, acc2b);
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k * 12 + 3]);
      acc3a = x3.fma(wa, acc3a);
      acc3b = x3.fma(wb, acc3b);
      FloatVector x4 = FloatVector.broadcast(S, x[xOffset + k * 12 + 4]);
      acc4a = x4.fma(wa, acc4a);
      acc4b = x4.fma(wb, acc4b);
      FloatVector x5 = FloatVector.broadcast(S, x[xOffset + k * 12 + 5]);
      acc5a = x5.fma(wa, acc5a);
      acc5b = x5.fma(wb, acc5b);
      FloatVector x6 = FloatVector.broadcast(S, x[xOffset + k * 12 + 6]);
      acc6a = x6.fma(wa, acc6a);
      acc6b = x6.fma(wb, acc6b);
      FloatVector x7 = FloatVector.broadcast(S, x[xOffset + k * 12 + 7]);
      acc7a = x7.fma(wa, acc7a);
      acc7b = x7.fma(wb, acc7b);
      FloatVector x8 = FloatVector.broadcast(S, x[xOffset + k * 12 + 8]);
      acc8a = x8.fma(wa, acc8a);
      acc8b = x8.fma(wb, acc8b);
      FloatVector x9 = FloatVector.broadcast(S, x[xOffset + k * 12 + 9]);
      acc9a = x9.fma(wa, acc9a);
      acc9b = x9.fma(wb, acc9b);
      FloatVector x10 = FloatVector.broadcast(S, x[xOffset + k * 12 + 10]);
      acc10a = x10.fma(wa, acc10a);
      acc10b = x10.fma(wb, acc10b);
      FloatVector x11 = FloatVector.broadcast(S, x[xOffset + k * 12 + 11]);
      acc11a = x11.fma(wa, acc11a);
      acc11b = x11.fma(wb, acc11b);
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    int to4 = outOffset + 4 * outStride;
    int to5 = outOffset + 5 * outStride;
    int to6 = outOffset + 6 * outStride;
    int to7 = outOffset + 7 * outStride;
    int to8 = outOffset + 8 * outStride;
    int to9 = outOffset + 9 * outStride;
    int to10 = outOffset + 10 * outStride;
    int to11 = outOffset + 11 * outStride;
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
      acc6a = acc6a.add(FloatVector.fromArray(S, out, to6));
      acc6b = acc6b.add(FloatVector.fromArray(S, out, to6 + N));
      acc7a = acc7a.add(FloatVector.fromArray(S, out, to7));
      acc7b = acc7b.add(FloatVector.fromArray(S, out, to7 + N));
      acc8a = acc8a.add(FloatVector.fromArray(S, out, to8));
      acc8b = acc8b.add(FloatVector.fromArray(S, out, to8 + N));
      acc9a = acc9a.add(FloatVector.fromArray(S, out, to9));
      acc9b = acc9b.add(FloatVector.fromArray(S, out, to9 + N));
      acc10a = acc10a.add(FloatVector.fromArray(S, out, to10));
      acc10b = acc10b.add(FloatVector.fromArray(S, out, to10 + N));
      acc11a = acc11a.add(FloatVector.fromArray(S, out, to11));
      acc11b = acc11b.add(FloatVector.fromArray(S, out, to11 + N));
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
    acc6a.intoArray(out, to6);
    acc6b.intoArray(out, to6 + N);
    acc7a.intoArray(out, to7);
    acc7b.intoArray(out, to7 + N);
    acc8a.intoArray(out, to8);
    acc8b.intoArray(out, to8 + N);
    acc9a.intoArray(out, to9);
    acc9b.intoArray(out, to9 + N);
    acc10a.intoArray(out, to10);
    acc10b.intoArray(out, to10 + N);
    acc11a.intoArray(out, to11);
    acc11b.intoArray(out, to11 + N);
  }
}
