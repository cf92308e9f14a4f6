package dev.llamark.kernel.vector;

/**
 * A block of inputs of some rows in the order in which the register tiles read them, (tile × input
 * × row): in each tile of rows the inputs of all its rows side by side. Rows that fill up the last
 * tile are zeros.
 */
final class InputTiles {

  /** Inputs of which all rows are copied before the next: their part of a tile stays in cache. */
  private static final int TURN = 256;

  private float[] data = new float[0];
  private int[] firstRows = new int[1];
  private int tiles;
  private int inputs;
  private int rows;

  /** Makes room for rows of so many inputs, and cuts them into tiles. */
  void resize(int rows, int inputs) {
    this.rows = rows;
    this.inputs = inputs;
    if (firstRows.length <= rows) {
      firstRows = new int[rows + 1];
    }
    tiles = 0;
    int next = 0;
    while (next < rows) {
      firstRows[tiles++] = next;
      next += TileShape.height(rows - next);
    }
    firstRows[tiles] = next;
    if (next * inputs > data.length) {
      data = new float[next * inputs];
    }
  }

  /** Number of tiles. */
  int tiles() {
    return tiles;
  }

  /** Inputs of a row. */
  int inputs() {
    return inputs;
  }

  /** A tile's first row. */
  int firstRow(int tile) {
    return firstRows[tile];
  }

  /** Rows of a tile, with those that fill it up. */
  int height(int tile) {
    return firstRows[tile + 1] - firstRows[tile];
  }

  /** Rows of a tile that there are. */
  int validRows(int tile) {
    return Math.min(rows, firstRows[tile + 1]) - firstRows[tile];
  }

  /**
   * Copies one tile's rows.
   *
   * @param x input, rows from {@code xOffset} on
   * @param stride elements from one row to the next
   */
  void copyTile(float[] x, int xOffset, int stride, int tile) {
    int height = height(tile);
    int from = xOffset + firstRow(tile) * stride;
    int to = offset(tile);
    for (int k = 0; k < inputs; k += TURN) {
      int count = Math.min(TURN, inputs - k);
      copy(x, from + k, stride, height, validRows(tile), count, to + k * height);
    }
  }

  private void copy(float[] x, int from, int stride, int height, int valid, int count, int to) {
    for (int row = 0; row < height; row += 2) {
      int first = from + row * stride;
      if (row + 1 < valid) {
        copyTwo(height, x, first, first + stride, count, to + row);
      } else {
        boolean last = row < valid;
        for (int k = 0; k < count; k++) {
          data[to + k * height + row] = last ? x[first + k] : 0;
          data[to + k * height + row + 1] = 0;
        }
      }
    }
  }

  /** Heights are constants where they are strides: then the compiler checks no bounds inside. */
  private void copyTwo(int height, float[] x, int first, int second, int count, int to) {
    switch (height) {
      case 4 -> spread(x, first, second, count, data, to, 4);
      case 6 -> spread(x, first, second, count, data, to, 6);
      case 8 -> spread(x, first, second, count, data, to, 8);
      default -> spread(x, first, second, count, data, to, 12);
    }
  }

  private static void spread(
      float[] x, int first, int second, int count, float[] to, int at, int stride) {
    for (int k = 0; k < count; k++) {
      to[at + k * stride] = x[first + k];
      to[at + k * stride + 1] = x[second + k];
    }
  }

  float[] data() {
    return data;
  }

  /** Index of a tile's first element. */
  int offset(int tile) {
    return firstRows[tile] * inputs;
  }
}
