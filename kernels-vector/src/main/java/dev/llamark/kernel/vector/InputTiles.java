package dev.llamark.kernel.vector;

/**
 * The input of a matrix product in the order in which the register tiles read it, (block × tile ×
 * input × row): blocks of {@link #DEPTH} inputs, in them tiles of rows, in them the inputs of all
 * the tile's rows side by side. Rows that fill up the last tile are zeros.
 */
final class InputTiles {

  /** Inputs of a block: a panel's share of them fits into half of a first-level cache of 32 KB. */
  static final int DEPTH = 256;

  private float[] data = new float[0];
  private int paddedRows;
  private int columns;

  /** Makes room for an input of so many rows, with those that fill up the tiles. */
  void resize(int paddedRows, int columns) {
    this.paddedRows = paddedRows;
    this.columns = columns;
    long needed = (long) paddedRows * columns;
    if (needed > data.length) {
      data = new float[Math.toIntExact(needed)];
    }
  }

  /**
   * Copies the rows of one tile.
   *
   * @param x input, rows of {@code columns} elements
   * @param from index of the tile's first row in {@code x}
   * @param valid number of rows that there are
   * @param firstRow number of the tile's first row
   * @param height rows of the tile
   */
  void copyTile(float[] x, int from, int valid, int firstRow, int height) {
    for (int k = 0; k < columns; k += DEPTH) {
      int count = Math.min(DEPTH, columns - k);
      int to = offset(k / DEPTH, firstRow);
      for (int row = 0; row < height; row++) {
        if (row < valid) {
          spread(x, from + row * columns + k, count, data, to + row, height);
        } else {
          clear(count, data, to + row, height);
        }
      }
    }
  }

  private static void spread(float[] x, int from, int count, float[] to, int at, int stride) {
    for (int k = 0; k < count; k++) {
      to[at + k * stride] = x[from + k];
    }
  }

  private static void clear(int count, float[] to, int at, int stride) {
    for (int k = 0; k < count; k++) {
      to[at + k * stride] = 0;
    }
  }

  float[] data() {
    return data;
  }

  /** Index of a tile's first element in a block. */
  int offset(int block, int firstRow) {
    int count = Math.min(DEPTH, columns - block * DEPTH);
    return block * DEPTH * paddedRows + firstRow * count;
  }
}
