package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Keys and values of some positions in the order in which register tiles read their rows. */
final class KeyValueTiles {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Positions in a tile of keys. */
  private static final int HEIGHT = TileShape.FULL;

  /** The bits of infinity: those of a finite float's magnitude are less. */
  private static final int INFINITE = 0x7F80_0000;

  private KeyValueTiles() {}

  /**
   * Copies keys, (tile × element × position in the tile). Positions that fill up the last tile get
   * anything.
   */
  static void packKeys(float[] k, int from, int headDim, int count, float[] to) {
    for (int p = 0; p < count; p++) {
      int at = p / HEIGHT * HEIGHT * headDim + p % HEIGHT;
      spread(k, from + p * headDim, headDim, to, at);
    }
  }

  private static void spread(float[] k, int from, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i * HEIGHT] = k[from + i];
    }
  }

  /**
   * Copies one tile's elements of each position's value, (position × height).
   *
   * @param v values; the tile's first element of the first position is at {@code from}
   * @param left elements that a value has from there on; those beyond are zeros
   * @param stride elements from one position to the next
   * @param to gets the tile, and anything in the {@code N} elements behind it
   */
  static void packValues(
      float[] v, int from, int left, int stride, int count, int height, float[] to, int at) {
    if (height <= N && left >= N) {
      packVectors(v, from, stride, count, height, to, at);
      return;
    }
    for (int p = 0; p < count; p++) {
      for (int i = 0; i < height; i++) {
        to[at + p * height + i] = i < left ? v[from + p * stride + i] : 0;
      }
    }
  }

  /** Each position's vector overwrites what the one before has too much. */
  private static void packVectors(
      float[] v, int from, int stride, int count, int height, float[] to, int at) {
    for (int p = 0; p < count; p++) {
      FloatVector.fromArray(S, v, from + p * stride).intoArray(to, at + p * height);
    }
  }

  /** Positions before the first whose value has a NaN or an infinity; all, if there is none. */
  static int finite(float[] v, int from, int headDim, int count) {
    for (int p = 0; p < count; p++) {
      int bits = 0;
      for (int i = 0; i < headDim; i++) {
        int at = from + p * headDim + i;
        bits = Math.max(bits, Float.floatToRawIntBits(v[at]) & Integer.MAX_VALUE);
      }
      if (bits >= INFINITE) {
        return p;
      }
    }
    return count;
  }

  /**
   * Halves to floats. A plain loop: the compiler vectorises this conversion, the Vector API has
   * none.
   */
  static void widen(short[] from, int offset, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Float.float16ToFloat(from[offset + i]);
    }
  }
}
