package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles where there are 32 vector registers: twelve rows by two vectors are 24
 * accumulators, which with two vectors of weights and the inputs that are on their way take all of
 * them. The rules of {@link PanelTile} hold here too, but for its fences: nothing spills.
 */
final class TallPanelTile {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final long STEP = TileShape.ROW;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private TallPanelTile() {}

  /** Twelve rows by two vectors: as {@link PanelTile#multiply6}. */
  static void multiply12(
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
      long from0 = wOffset + k * STEP;
      FloatVector w0a = FloatVector.fromMemorySegment(S, w, from0, ORDER);
      FloatVector w0b = FloatVector.fromMemorySegment(S, w, from0 + STEP / 2, ORDER);
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 12]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 12 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 12 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 12 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      FloatVector x04 = FloatVector.broadcast(S, x[xOffset + k * 12 + 4]);
      acc4a = x04.fma(w0a, acc4a);
      acc4b = x04.fma(w0b, acc4b);
      FloatVector x05 = FloatVector.broadcast(S, x[xOffset + k * 12 + 5]);
      acc5a = x05.fma(w0a, acc5a);
      acc5b = x05.fma(w0b, acc5b);
      FloatVector x06 = FloatVector.broadcast(S, x[xOffset + k * 12 + 6]);
      acc6a = x06.fma(w0a, acc6a);
      acc6b = x06.fma(w0b, acc6b);
      FloatVector x07 = FloatVector.broadcast(S, x[xOffset + k * 12 + 7]);
      acc7a = x07.fma(w0a, acc7a);
      acc7b = x07.fma(w0b, acc7b);
      FloatVector x08 = FloatVector.broadcast(S, x[xOffset + k * 12 + 8]);
      acc8a = x08.fma(w0a, acc8a);
      acc8b = x08.fma(w0b, acc8b);
      FloatVector x09 = FloatVector.broadcast(S, x[xOffset + k * 12 + 9]);
      acc9a = x09.fma(w0a, acc9a);
      acc9b = x09.fma(w0b, acc9b);
      FloatVector x010 = FloatVector.broadcast(S, x[xOffset + k * 12 + 10]);
      acc10a = x010.fma(w0a, acc10a);
      acc10b = x010.fma(w0b, acc10b);
      FloatVector x011 = FloatVector.broadcast(S, x[xOffset + k * 12 + 11]);
      acc11a = x011.fma(w0a, acc11a);
      acc11b = x011.fma(w0b, acc11b);
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + 1 * outStride;
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

  /** Eight rows by two vectors, likewise. */
  static void multiply8(
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
    FloatVector acc6a = FloatVector.zero(S);
    FloatVector acc6b = FloatVector.zero(S);
    FloatVector acc7a = FloatVector.zero(S);
    FloatVector acc7b = FloatVector.zero(S);

    // body
    for (int k = 0; k < count; k++) {
      long from0 = wOffset + k * STEP;
      FloatVector w0a = FloatVector.fromMemorySegment(S, w, from0, ORDER);
      FloatVector w0b = FloatVector.fromMemorySegment(S, w, from0 + STEP / 2, ORDER);
      FloatVector x00 = FloatVector.broadcast(S, x[xOffset + k * 8]);
      acc0a = x00.fma(w0a, acc0a);
      acc0b = x00.fma(w0b, acc0b);
      FloatVector x01 = FloatVector.broadcast(S, x[xOffset + k * 8 + 1]);
      acc1a = x01.fma(w0a, acc1a);
      acc1b = x01.fma(w0b, acc1b);
      FloatVector x02 = FloatVector.broadcast(S, x[xOffset + k * 8 + 2]);
      acc2a = x02.fma(w0a, acc2a);
      acc2b = x02.fma(w0b, acc2b);
      FloatVector x03 = FloatVector.broadcast(S, x[xOffset + k * 8 + 3]);
      acc3a = x03.fma(w0a, acc3a);
      acc3b = x03.fma(w0b, acc3b);
      FloatVector x04 = FloatVector.broadcast(S, x[xOffset + k * 8 + 4]);
      acc4a = x04.fma(w0a, acc4a);
      acc4b = x04.fma(w0b, acc4b);
      FloatVector x05 = FloatVector.broadcast(S, x[xOffset + k * 8 + 5]);
      acc5a = x05.fma(w0a, acc5a);
      acc5b = x05.fma(w0b, acc5b);
      FloatVector x06 = FloatVector.broadcast(S, x[xOffset + k * 8 + 6]);
      acc6a = x06.fma(w0a, acc6a);
      acc6b = x06.fma(w0b, acc6b);
      FloatVector x07 = FloatVector.broadcast(S, x[xOffset + k * 8 + 7]);
      acc7a = x07.fma(w0a, acc7a);
      acc7b = x07.fma(w0b, acc7b);
    }

    // store
    int to0 = outOffset;
    int to1 = outOffset + 1 * outStride;
    int to2 = outOffset + 2 * outStride;
    int to3 = outOffset + 3 * outStride;
    int to4 = outOffset + 4 * outStride;
    int to5 = outOffset + 5 * outStride;
    int to6 = outOffset + 6 * outStride;
    int to7 = outOffset + 7 * outStride;
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
  }
}
