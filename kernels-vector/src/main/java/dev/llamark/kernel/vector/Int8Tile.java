package dev.llamark.kernel.vector;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of the product of whole numbers: rows of int8 by a panel of centred half-bytes
 * in lanes of 16 bits, over one block of inputs, whose sums stay within 32 · 8 · 127 = 32512. Eight
 * rows by three vectors are 24 accumulators, which with three vectors of weights, one of input and
 * one product take 29 registers of 32; where there are 16, four rows. A multiplication and an
 * addition of 16 bits do twice as many numbers as one of floats, and go to different units.
 */
final class Int8Tile {

  private static final VectorSpecies<Integer> I = Lanes.INTS;
  private static final VectorSpecies<Short> H = Lanes.WIDE_SHORTS;
  private static final int N = H.length();
  private static final int PANEL = NibblePanels.PANEL;
  private static final int SIZE = Int8Block.SIZE;

  private Int8Tile() {}

  /** Eight rows, (row × input) from {@code xOffset} on: writes sums, (row × output). */
  static void multiply8(int[] x, int xOffset, short[] w, int wOffset, short[] sums) {
    ShortVector zero = ShortVector.zero(H);
    ShortVector acc0a = zero;
    ShortVector acc0b = zero;
    ShortVector acc0c = zero;
    ShortVector acc1a = zero;
    ShortVector acc1b = zero;
    ShortVector acc1c = zero;
    ShortVector acc2a = zero;
    ShortVector acc2b = zero;
    ShortVector acc2c = zero;
    ShortVector acc3a = zero;
    ShortVector acc3b = zero;
    ShortVector acc3c = zero;
    ShortVector acc4a = zero;
    ShortVector acc4b = zero;
    ShortVector acc4c = zero;
    ShortVector acc5a = zero;
    ShortVector acc5b = zero;
    ShortVector acc5c = zero;
    ShortVector acc6a = zero;
    ShortVector acc6b = zero;
    ShortVector acc6c = zero;
    ShortVector acc7a = zero;
    ShortVector acc7b = zero;
    ShortVector acc7c = zero;
    for (int k = 0; k < SIZE; k++) {
      int at = wOffset + k * PANEL;
      int from = xOffset + k;
      ShortVector wa = ShortVector.fromArray(H, w, at);
      ShortVector wb = ShortVector.fromArray(H, w, at + N);
      ShortVector wc = ShortVector.fromArray(H, w, at + 2 * N);
      ShortVector x0 = IntVector.broadcast(I, x[from]).reinterpretAsShorts();
      acc0a = acc0a.add(wa.mul(x0));
      acc0b = acc0b.add(wb.mul(x0));
      acc0c = acc0c.add(wc.mul(x0));
      ShortVector x1 = IntVector.broadcast(I, x[from + SIZE]).reinterpretAsShorts();
      acc1a = acc1a.add(wa.mul(x1));
      acc1b = acc1b.add(wb.mul(x1));
      acc1c = acc1c.add(wc.mul(x1));
      ShortVector x2 = IntVector.broadcast(I, x[from + 2 * SIZE]).reinterpretAsShorts();
      acc2a = acc2a.add(wa.mul(x2));
      acc2b = acc2b.add(wb.mul(x2));
      acc2c = acc2c.add(wc.mul(x2));
      ShortVector x3 = IntVector.broadcast(I, x[from + 3 * SIZE]).reinterpretAsShorts();
      acc3a = acc3a.add(wa.mul(x3));
      acc3b = acc3b.add(wb.mul(x3));
      acc3c = acc3c.add(wc.mul(x3));
      ShortVector x4 = IntVector.broadcast(I, x[from + 4 * SIZE]).reinterpretAsShorts();
      acc4a = acc4a.add(wa.mul(x4));
      acc4b = acc4b.add(wb.mul(x4));
      acc4c = acc4c.add(wc.mul(x4));
      ShortVector x5 = IntVector.broadcast(I, x[from + 5 * SIZE]).reinterpretAsShorts();
      acc5a = acc5a.add(wa.mul(x5));
      acc5b = acc5b.add(wb.mul(x5));
      acc5c = acc5c.add(wc.mul(x5));
      ShortVector x6 = IntVector.broadcast(I, x[from + 6 * SIZE]).reinterpretAsShorts();
      acc6a = acc6a.add(wa.mul(x6));
      acc6b = acc6b.add(wb.mul(x6));
      acc6c = acc6c.add(wc.mul(x6));
      ShortVector x7 = IntVector.broadcast(I, x[from + 7 * SIZE]).reinterpretAsShorts();
      acc7a = acc7a.add(wa.mul(x7));
      acc7b = acc7b.add(wb.mul(x7));
      acc7c = acc7c.add(wc.mul(x7));
    }
    acc0a.intoArray(sums, 0);
    acc0b.intoArray(sums, N);
    acc0c.intoArray(sums, 2 * N);
    acc1a.intoArray(sums, 3 * N);
    acc1b.intoArray(sums, 4 * N);
    acc1c.intoArray(sums, 5 * N);
    acc2a.intoArray(sums, 6 * N);
    acc2b.intoArray(sums, 7 * N);
    acc2c.intoArray(sums, 8 * N);
    acc3a.intoArray(sums, 9 * N);
    acc3b.intoArray(sums, 10 * N);
    acc3c.intoArray(sums, 11 * N);
    acc4a.intoArray(sums, 12 * N);
    acc4b.intoArray(sums, 13 * N);
    acc4c.intoArray(sums, 14 * N);
    acc5a.intoArray(sums, 15 * N);
    acc5b.intoArray(sums, 16 * N);
    acc5c.intoArray(sums, 17 * N);
    acc6a.intoArray(sums, 18 * N);
    acc6b.intoArray(sums, 19 * N);
    acc6c.intoArray(sums, 20 * N);
    acc7a.intoArray(sums, 21 * N);
    acc7b.intoArray(sums, 22 * N);
    acc7c.intoArray(sums, 23 * N);
  }

  /** Four rows, likewise. */
  static void multiply4(int[] x, int xOffset, short[] w, int wOffset, short[] sums) {
    ShortVector zero = ShortVector.zero(H);
    ShortVector acc0a = zero;
    ShortVector acc0b = zero;
    ShortVector acc0c = zero;
    ShortVector acc1a = zero;
    ShortVector acc1b = zero;
    ShortVector acc1c = zero;
    ShortVector acc2a = zero;
    ShortVector acc2b = zero;
    ShortVector acc2c = zero;
    ShortVector acc3a = zero;
    ShortVector acc3b = zero;
    ShortVector acc3c = zero;
    for (int k = 0; k < SIZE; k++) {
      int at = wOffset + k * PANEL;
      int from = xOffset + k;
      ShortVector wa = ShortVector.fromArray(H, w, at);
      ShortVector wb = ShortVector.fromArray(H, w, at + N);
      ShortVector wc = ShortVector.fromArray(H, w, at + 2 * N);
      ShortVector x0 = IntVector.broadcast(I, x[from]).reinterpretAsShorts();
      acc0a = acc0a.add(wa.mul(x0));
      acc0b = acc0b.add(wb.mul(x0));
      acc0c = acc0c.add(wc.mul(x0));
      ShortVector x1 = IntVector.broadcast(I, x[from + SIZE]).reinterpretAsShorts();
      acc1a = acc1a.add(wa.mul(x1));
      acc1b = acc1b.add(wb.mul(x1));
      acc1c = acc1c.add(wc.mul(x1));
      ShortVector x2 = IntVector.broadcast(I, x[from + 2 * SIZE]).reinterpretAsShorts();
      acc2a = acc2a.add(wa.mul(x2));
      acc2b = acc2b.add(wb.mul(x2));
      acc2c = acc2c.add(wc.mul(x2));
      ShortVector x3 = IntVector.broadcast(I, x[from + 3 * SIZE]).reinterpretAsShorts();
      acc3a = acc3a.add(wa.mul(x3));
      acc3b = acc3b.add(wb.mul(x3));
      acc3c = acc3c.add(wc.mul(x3));
    }
    acc0a.intoArray(sums, 0);
    acc0b.intoArray(sums, N);
    acc0c.intoArray(sums, 2 * N);
    acc1a.intoArray(sums, 3 * N);
    acc1b.intoArray(sums, 4 * N);
    acc1c.intoArray(sums, 5 * N);
    acc2a.intoArray(sums, 6 * N);
    acc2b.intoArray(sums, 7 * N);
    acc2c.intoArray(sums, 8 * N);
    acc3a.intoArray(sums, 9 * N);
    acc3b.intoArray(sums, 10 * N);
    acc3c.intoArray(sums, 11 * N);
  }
}
