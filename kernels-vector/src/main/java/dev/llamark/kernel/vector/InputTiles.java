package dev.llamark.kernel.vector;

/**
 * The input of a matrix product in the order in which the register tiles read it, (block × tile ×
 * input × row): blocks of {@link #DEPTH} inputs, in them tiles of rows, in them the inputs of all
 * the tile's rows side by side. Rows that fill up the last tile are zeros.
 */
final class InputTiles {

  /**
   * Inputs of a block. What a tile does at its ends should be little beside them, and a strip's
   * share of them fit into half of a second-level cache.
   */
  static final int DEPTH = Lanes.COUNT > 8 ? 512 : 1024;

  private float[] data = new float[0];
  private int[] firstRows = new int[1];
  private int tiles;
  private int columns;
  private int rows;

  /** Makes room for an input, and cuts its rows into tiles. */
  void resize(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    long needed = (long) TileShape.padded(rows) * columns;
    if (needed > data.length) {
      data = new float[Math.toIntExact(needed)];
    }
    if (firstRows.length <= rows) {
      firstRows = new int[rows + 1];
    }
    tiles = 0;
    for (int row = 0; row < rows; row += TileShape.height(rows - row)) {
      firstRows[tiles++] = row;
    }
    firstRows[tiles] = TileShape.padded(rows);
  }

  /** Number of tiles. */
  int tiles() {
    return tiles;
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
   * @param x input, (rows × columns) from {@code xOffset} on
   */
  void copyTile(float[] x, int xOffset, int tile) {
    int height = height(tile);
    int valid = validRows(tile);
    int from = xOffset + firstRow(tile) * columns;
    for (int k = 0; k < columns; k += DEPTH) {
      int count = Math.min(DEPTH, columns - k);
      int to = offset(k / DEPTH, tile);
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
  int offset(int block, int tile) {
    int count = Math.min(DEPTH, columns - block * DEPTH);
    return block * DEPTH * firstRows[tiles] + firstRows[tile] * count;
  }
}
