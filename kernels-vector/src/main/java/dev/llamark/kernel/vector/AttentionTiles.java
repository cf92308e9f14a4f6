package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of attention's two products, scores and weighted values: four rows by two
 * vectors of columns. Unlike {@link PanelTile} it takes rows as they lie in memory, for nothing is
 * used often enough to pay for a copy; two steps a turn, as each row's address costs instructions
 * of its own.
 *
 * <p>Every vector operation is a call of the Vector API itself, which the compiler always inlines;
 * a vector that crosses a method of ours may end on the heap.
 */
final class AttentionTiles {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Columns of a tile. */
  static final int WIDTH = 2 * N;

  /**
   * Rows of a tile: eight accumulators hide the latency of the additions, and with more rows their
   * addresses do not fit into registers.
   */
  static final int HEIGHT = 4;

  private AttentionTiles() {}

  /**
   * {@code out += x · w}, of {@link #HEIGHT} rows and {@link #WIDTH} columns.
   *
   * @param x (row × count), a row every {@code xStride}
   * @param w (count × column), a row every {@code wStride}
   * @param out (row × column), a row every {@code outStride}
   */
  static void add(
      float[] x,
      int xFrom,
      int xStride,
      float[] w,
      int wFrom,
      int wStride,
      int count,
      float[] out,
      int outFrom,
      int outStride) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc2a = FloatVector.zero(S);
    FloatVector acc2b = FloatVector.zero(S);
    FloatVector acc3a = FloatVector.zero(S);
    FloatVector acc3b = FloatVector.zero(S);
    int x1 = xFrom + xStride;
    int x2 = xFrom + 2 * xStride;
    int x3 = xFrom + 3 * xStride;
    int k = 0;
    int at = wFrom;

    // body
    for (; k <= count - 2; k += 2, at += 2 * wStride) {
      FloatVector a0 = FloatVector.fromArray(S, w, at);
      FloatVector b0 = FloatVector.fromArray(S, w, at + N);
      FloatVector v00 = FloatVector.broadcast(S, x[xFrom + k]);
      acc0a = v00.fma(a0, acc0a);
      acc0b = v00.fma(b0, acc0b);
      FloatVector v01 = FloatVector.broadcast(S, x[x1 + k]);
      acc1a = v01.fma(a0, acc1a);
      acc1b = v01.fma(b0, acc1b);
      FloatVector v02 = FloatVector.broadcast(S, x[x2 + k]);
      acc2a = v02.fma(a0, acc2a);
      acc2b = v02.fma(b0, acc2b);
      FloatVector v03 = FloatVector.broadcast(S, x[x3 + k]);
      acc3a = v03.fma(a0, acc3a);
      acc3b = v03.fma(b0, acc3b);
      FloatVector a1 = FloatVector.fromArray(S, w, at + wStride);
      FloatVector b1 = FloatVector.fromArray(S, w, at + wStride + N);
      FloatVector v10 = FloatVector.broadcast(S, x[xFrom + k + 1]);
      acc0a = v10.fma(a1, acc0a);
      acc0b = v10.fma(b1, acc0b);
      FloatVector v11 = FloatVector.broadcast(S, x[x1 + k + 1]);
      acc1a = v11.fma(a1, acc1a);
      acc1b = v11.fma(b1, acc1b);
      FloatVector v12 = FloatVector.broadcast(S, x[x2 + k + 1]);
      acc2a = v12.fma(a1, acc2a);
      acc2b = v12.fma(b1, acc2b);
      FloatVector v13 = FloatVector.broadcast(S, x[x3 + k + 1]);
      acc3a = v13.fma(a1, acc3a);
      acc3b = v13.fma(b1, acc3b);
    }

    // tail
    for (; k < count; k++, at += wStride) {
      FloatVector a0 = FloatVector.fromArray(S, w, at);
      FloatVector b0 = FloatVector.fromArray(S, w, at + N);
      FloatVector v00 = FloatVector.broadcast(S, x[xFrom + k]);
      acc0a = v00.fma(a0, acc0a);
      acc0b = v00.fma(b0, acc0b);
      FloatVector v01 = FloatVector.broadcast(S, x[x1 + k]);
      acc1a = v01.fma(a0, acc1a);
      acc1b = v01.fma(b0, acc1b);
      FloatVector v02 = FloatVector.broadcast(S, x[x2 + k]);
      acc2a = v02.fma(a0, acc2a);
      acc2b = v02.fma(b0, acc2b);
      FloatVector v03 = FloatVector.broadcast(S, x[x3 + k]);
      acc3a = v03.fma(a0, acc3a);
      acc3b = v03.fma(b0, acc3b);
    }

    // store
    int to1 = outFrom + outStride;
    int to2 = outFrom + 2 * outStride;
    int to3 = outFrom + 3 * outStride;
    acc0a.add(FloatVector.fromArray(S, out, outFrom)).intoArray(out, outFrom);
    acc0b.add(FloatVector.fromArray(S, out, outFrom + N)).intoArray(out, outFrom + N);
    acc1a.add(FloatVector.fromArray(S, out, to1)).intoArray(out, to1);
    acc1b.add(FloatVector.fromArray(S, out, to1 + N)).intoArray(out, to1 + N);
    acc2a.add(FloatVector.fromArray(S, out, to2)).intoArray(out, to2);
    acc2b.add(FloatVector.fromArray(S, out, to2 + N)).intoArray(out, to2 + N);
    acc3a.add(FloatVector.fromArray(S, out, to3)).intoArray(out, to3);
    acc3b.add(FloatVector.fromArray(S, out, to3 + N)).intoArray(out, to3 + N);
  }
}
