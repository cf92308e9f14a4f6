package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles of attention's two products, scores and weighted values: some rows by two
 * vectors of columns. Unlike those of {@link PanelTile} they take rows as they lie in memory, for
 * nothing is used often enough to pay for a copy; several steps a turn, as each row's address costs
 * instructions of its own.
 *
 * <p>Every vector operation is a call of the Vector API itself, which the compiler always inlines;
 * a vector that crosses a method of ours may end on the heap.
 */
final class AttentionTiles {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Columns of a tile. */
  static final int WIDTH = 2 * N;

  /** Rows are padded to a multiple of this. */
  static final int LOW = 4;

  /** Rows of a full tile: 16 accumulators of 32 registers, or 8 of 16. */
  static final int HEIGHT =
      VectorWidth.bits() == 512 || System.getProperty("os.arch", "").equals("aarch64") ? 8 : LOW;

  private AttentionTiles() {}

  /** Rows of the next tile. */
  static int height(int rowsLeft) {
    return Math.min(rowsLeft, HEIGHT);
  }

  /**
   * {@code out += x · w}, of {@link #height} rows and {@link #WIDTH} columns.
   *
   * @param x (row × count), a row every {@code xStride}
   * @param w (count × WIDTH), a row every {@code wStride}
   * @param out (row × WIDTH), a row every {@code outStride}
   */
  static void add(
      int height,
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
    if (!Lanes.FMA) {
      addPlainly(height, x, xFrom, xStride, w, wFrom, wStride, count, out, outFrom, outStride);
    } else if (height == LOW) {
      add4(x, xFrom, xStride, w, wFrom, wStride, count, out, outFrom, outStride);
    } else {
      add8(x, xFrom, xStride, w, wFrom, wStride, count, out, outFrom, outStride);
    }
  }

  private static void add8(
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
    FloatVector acc4a = FloatVector.zero(S);
    FloatVector acc4b = FloatVector.zero(S);
    FloatVector acc5a = FloatVector.zero(S);
    FloatVector acc5b = FloatVector.zero(S);
    FloatVector acc6a = FloatVector.zero(S);
    FloatVector acc6b = FloatVector.zero(S);
    FloatVector acc7a = FloatVector.zero(S);
    FloatVector acc7b = FloatVector.zero(S);
    int x1 = xFrom + xStride;
    int x2 = xFrom + 2 * xStride;
    int x3 = xFrom + 3 * xStride;
    int x4 = xFrom + 4 * xStride;
    int x5 = xFrom + 5 * xStride;
    int x6 = xFrom + 6 * xStride;
    int x7 = xFrom + 7 * xStride;

    int k = 0;
    int at = wFrom;

    // body
    for (; k <= count - 4; k += 4, at += 4 * wStride) {
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
      FloatVector v04 = FloatVector.broadcast(S, x[x4 + k]);
      acc4a = v04.fma(a0, acc4a);
      acc4b = v04.fma(b0, acc4b);
      FloatVector v05 = FloatVector.broadcast(S, x[x5 + k]);
      acc5a = v05.fma(a0, acc5a);
      acc5b = v05.fma(b0, acc5b);
      FloatVector v06 = FloatVector.broadcast(S, x[x6 + k]);
      acc6a = v06.fma(a0, acc6a);
      acc6b = v06.fma(b0, acc6b);
      FloatVector v07 = FloatVector.broadcast(S, x[x7 + k]);
      acc7a = v07.fma(a0, acc7a);
      acc7b = v07.fma(b0, acc7b);
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
      FloatVector v14 = FloatVector.broadcast(S, x[x4 + k + 1]);
      acc4a = v14.fma(a1, acc4a);
      acc4b = v14.fma(b1, acc4b);
      FloatVector v15 = FloatVector.broadcast(S, x[x5 + k + 1]);
      acc5a = v15.fma(a1, acc5a);
      acc5b = v15.fma(b1, acc5b);
      FloatVector v16 = FloatVector.broadcast(S, x[x6 + k + 1]);
      acc6a = v16.fma(a1, acc6a);
      acc6b = v16.fma(b1, acc6b);
      FloatVector v17 = FloatVector.broadcast(S, x[x7 + k + 1]);
      acc7a = v17.fma(a1, acc7a);
      acc7b = v17.fma(b1, acc7b);
      FloatVector a2 = FloatVector.fromArray(S, w, at + 2 * wStride);
      FloatVector b2 = FloatVector.fromArray(S, w, at + 2 * wStride + N);
      FloatVector v20 = FloatVector.broadcast(S, x[xFrom + k + 2]);
      acc0a = v20.fma(a2, acc0a);
      acc0b = v20.fma(b2, acc0b);
      FloatVector v21 = FloatVector.broadcast(S, x[x1 + k + 2]);
      acc1a = v21.fma(a2, acc1a);
      acc1b = v21.fma(b2, acc1b);
      FloatVector v22 = FloatVector.broadcast(S, x[x2 + k + 2]);
      acc2a = v22.fma(a2, acc2a);
      acc2b = v22.fma(b2, acc2b);
      FloatVector v23 = FloatVector.broadcast(S, x[x3 + k + 2]);
      acc3a = v23.fma(a2, acc3a);
      acc3b = v23.fma(b2, acc3b);
      FloatVector v24 = FloatVector.broadcast(S, x[x4 + k + 2]);
      acc4a = v24.fma(a2, acc4a);
      acc4b = v24.fma(b2, acc4b);
      FloatVector v25 = FloatVector.broadcast(S, x[x5 + k + 2]);
      acc5a = v25.fma(a2, acc5a);
      acc5b = v25.fma(b2, acc5b);
      FloatVector v26 = FloatVector.broadcast(S, x[x6 + k + 2]);
      acc6a = v26.fma(a2, acc6a);
      acc6b = v26.fma(b2, acc6b);
      FloatVector v27 = FloatVector.broadcast(S, x[x7 + k + 2]);
      acc7a = v27.fma(a2, acc7a);
      acc7b = v27.fma(b2, acc7b);
      FloatVector a3 = FloatVector.fromArray(S, w, at + 3 * wStride);
      FloatVector b3 = FloatVector.fromArray(S, w, at + 3 * wStride + N);
      FloatVector v30 = FloatVector.broadcast(S, x[xFrom + k + 3]);
      acc0a = v30.fma(a3, acc0a);
      acc0b = v30.fma(b3, acc0b);
      FloatVector v31 = FloatVector.broadcast(S, x[x1 + k + 3]);
      acc1a = v31.fma(a3, acc1a);
      acc1b = v31.fma(b3, acc1b);
      FloatVector v32 = FloatVector.broadcast(S, x[x2 + k + 3]);
      acc2a = v32.fma(a3, acc2a);
      acc2b = v32.fma(b3, acc2b);
      FloatVector v33 = FloatVector.broadcast(S, x[x3 + k + 3]);
      acc3a = v33.fma(a3, acc3a);
      acc3b = v33.fma(b3, acc3b);
      FloatVector v34 = FloatVector.broadcast(S, x[x4 + k + 3]);
      acc4a = v34.fma(a3, acc4a);
      acc4b = v34.fma(b3, acc4b);
      FloatVector v35 = FloatVector.broadcast(S, x[x5 + k + 3]);
      acc5a = v35.fma(a3, acc5a);
      acc5b = v35.fma(b3, acc5b);
      FloatVector v36 = FloatVector.broadcast(S, x[x6 + k + 3]);
      acc6a = v36.fma(a3, acc6a);
      acc6b = v36.fma(b3, acc6b);
      FloatVector v37 = FloatVector.broadcast(S, x[x7 + k + 3]);
      acc7a = v37.fma(a3, acc7a);
      acc7b = v37.fma(b3, acc7b);
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
      FloatVector v04 = FloatVector.broadcast(S, x[x4 + k]);
      acc4a = v04.fma(a0, acc4a);
      acc4b = v04.fma(b0, acc4b);
      FloatVector v05 = FloatVector.broadcast(S, x[x5 + k]);
      acc5a = v05.fma(a0, acc5a);
      acc5b = v05.fma(b0, acc5b);
      FloatVector v06 = FloatVector.broadcast(S, x[x6 + k]);
      acc6a = v06.fma(a0, acc6a);
      acc6b = v06.fma(b0, acc6b);
      FloatVector v07 = FloatVector.broadcast(S, x[x7 + k]);
      acc7a = v07.fma(a0, acc7a);
      acc7b = v07.fma(b0, acc7b);
    }

    // store
    int to1 = outFrom + outStride;
    int to2 = outFrom + 2 * outStride;
    int to3 = outFrom + 3 * outStride;
    int to4 = outFrom + 4 * outStride;
    int to5 = outFrom + 5 * outStride;
    int to6 = outFrom + 6 * outStride;
    int to7 = outFrom + 7 * outStride;
    acc0a.add(FloatVector.fromArray(S, out, outFrom)).intoArray(out, outFrom);
    acc0b.add(FloatVector.fromArray(S, out, outFrom + N)).intoArray(out, outFrom + N);
    acc1a.add(FloatVector.fromArray(S, out, to1)).intoArray(out, to1);
    acc1b.add(FloatVector.fromArray(S, out, to1 + N)).intoArray(out, to1 + N);
    acc2a.add(FloatVector.fromArray(S, out, to2)).intoArray(out, to2);
    acc2b.add(FloatVector.fromArray(S, out, to2 + N)).intoArray(out, to2 + N);
    acc3a.add(FloatVector.fromArray(S, out, to3)).intoArray(out, to3);
    acc3b.add(FloatVector.fromArray(S, out, to3 + N)).intoArray(out, to3 + N);
    acc4a.add(FloatVector.fromArray(S, out, to4)).intoArray(out, to4);
    acc4b.add(FloatVector.fromArray(S, out, to4 + N)).intoArray(out, to4 + N);
    acc5a.add(FloatVector.fromArray(S, out, to5)).intoArray(out, to5);
    acc5b.add(FloatVector.fromArray(S, out, to5 + N)).intoArray(out, to5 + N);
    acc6a.add(FloatVector.fromArray(S, out, to6)).intoArray(out, to6);
    acc6b.add(FloatVector.fromArray(S, out, to6 + N)).intoArray(out, to6 + N);
    acc7a.add(FloatVector.fromArray(S, out, to7)).intoArray(out, to7);
    acc7b.add(FloatVector.fromArray(S, out, to7 + N)).intoArray(out, to7 + N);
  }

  private static void add4(
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

  /** Where a multiplication and addition in one instruction would be emulated. */
  private static void addPlainly(
      int height,
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
    for (int row = 0; row < height; row++) {
      for (int k = 0; k < count; k++) {
        float factor = x[xFrom + row * xStride + k];
        for (int i = 0; i < WIDTH; i++) {
          out[outFrom + row * outStride + i] += factor * w[wFrom + k * wStride + i];
        }
      }
    }
  }
}
