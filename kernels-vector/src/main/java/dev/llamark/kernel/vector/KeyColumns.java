package dev.llamark.kernel.vector;

/** Keys of some positions, transposed for the lanes of {@link AttentionTiles}. */
final class KeyColumns {

  private static final int WIDTH = AttentionTiles.WIDTH;

  private KeyColumns() {}

  /**
   * Copies keys, (panel of {@link AttentionTiles#WIDTH} positions × element × position in the
   * panel). Positions that fill up the last panel get anything.
   *
   * @param k (count × headDim)
   */
  static void transpose(float[] k, int from, int headDim, int count, float[] to) {
    for (int p = 0; p < count; p++) {
      int at = p / WIDTH * WIDTH * headDim + p % WIDTH;
      spread(k, from + p * headDim, headDim, to, at);
    }
  }

  private static void spread(float[] k, int from, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i * WIDTH] = k[from + i];
    }
  }
}
