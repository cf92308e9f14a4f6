package dev.llamark.kernel.vector;

import java.util.Arrays;

/**
 * Rows of activations quantised to int8 in blocks ({@link Int8Block}), in the order in which the
 * register tiles read them, (tile × block × row × input). Rows that fill up the last tile are
 * zeros.
 */
final class Int8Tiles {

  /** Rows of a full tile, which needs 32 vector registers. */
  static final int FULL = TileShape.FULL >= 8 ? 8 : 4;

  /** Rows of a low tile. */
  static final int LOW = 4;

  private int rows;
  private int columns;
  private int[] numbers = new int[0];
  private float[] scales = new float[0];
  private int[] offsets = new int[0];
  private float[] sums = new float[0];

  /** Makes room for an input whose columns are whole blocks. */
  void resize(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    int padded = firstRow(tiles() - 1) + height(tiles() - 1);
    long needed = (long) padded * columns;
    if (needed > numbers.length) {
      numbers = new int[Math.toIntExact(needed)];
      scales = new float[numbers.length / Int8Block.SIZE];
      offsets = new int[scales.length];
      sums = new float[scales.length];
    }
  }

  int tiles() {
    return Math.ceilDiv(rows, FULL);
  }

  int firstRow(int tile) {
    return tile * FULL;
  }

  /** Rows of a tile, with those that fill it up. */
  int height(int tile) {
    return rows - firstRow(tile) <= LOW ? LOW : FULL;
  }

  /** Rows of a tile that there are. */
  int validRows(int tile) {
    return Math.min(FULL, rows - firstRow(tile));
  }

  /**
   * Quantises one tile's rows.
   *
   * @param x input, (rows × columns) from {@code xOffset} on
   */
  void quantise(float[] x, int xOffset, int tile) {
    int height = height(tile);
    int valid = validRows(tile);
    for (int b = 0; b < columns / Int8Block.SIZE; b++) {
      for (int row = 0; row < height; row++) {
        int to = offset(tile, b) + row * Int8Block.SIZE;
        int at = part(tile, b) + row;
        if (row < valid) {
          int from = xOffset + (firstRow(tile) + row) * columns + b * Int8Block.SIZE;
          float scale = Int8Block.quantise(x, from, numbers, to);
          int sum = Int8Block.sum(numbers, to, Int8Block.SIZE);
          scales[at] = scale;
          offsets[at] = Int8Block.CENTRE * sum;
          sums[at] = scale * sum;
        } else {
          Arrays.fill(numbers, to, to + Int8Block.SIZE, 0);
          scales[at] = 0;
          offsets[at] = 0;
          sums[at] = 0;
        }
      }
    }
  }

  /** Index of a tile's first number in a block. */
  int offset(int tile, int block) {
    return firstRow(tile) * columns + block * Int8Block.SIZE * height(tile);
  }

  /** Index of a tile's first row in what belongs to blocks, (block × row). */
  int part(int tile, int block) {
    return firstRow(tile) * (columns / Int8Block.SIZE) + block * height(tile);
  }

  /** Each number twice, in both halves of an int. */
  int[] numbers() {
    return numbers;
  }

  float[] scales() {
    return scales;
  }

  /** What takes the centring of the weights back: 8 times the sum of a block's numbers. */
  int[] offsets() {
    return offsets;
  }

  /** The sum of a block's numbers times its scale. */
  float[] sums() {
    return sums;
  }
}
