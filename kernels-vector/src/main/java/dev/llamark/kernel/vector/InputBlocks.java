package dev.llamark.kernel.vector;

import java.util.Arrays;

/**
 * The input of a matrix product in blocks of {@link #DEPTH} inputs, (block × row × DEPTH): the
 * tile's rows lie side by side in a few pages, whatever the width of the matrix.
 */
final class InputBlocks {

  /** Inputs of a block: a panel's share of them fits into half of a first-level cache of 32 KB. */
  static final int DEPTH = 256;

  /** Rows beyond the last that a tile may read; they are zeros. */
  private static final int SPARE_ROWS = 3;

  private float[] data = new float[0];
  private int paddedRows;

  /** Makes room for a (rows × columns) input. */
  void resize(int rows, int columns) {
    paddedRows = rows + SPARE_ROWS;
    int blocks = Math.ceilDiv(columns, DEPTH);
    long needed = (long) blocks * paddedRows * DEPTH;
    if (needed > data.length) {
      data = new float[Math.toIntExact(needed)];
    }
  }

  /** Copies one row, and sets the spare rows to zero with the last. */
  void copyRow(float[] x, int from, int columns, int row) {
    for (int k = 0, block = 0; k < columns; k += DEPTH, block++) {
      int count = Math.min(DEPTH, columns - k);
      System.arraycopy(x, from + k, data, offset(block, row), count);
    }
  }

  /** Sets the spare rows to zero. */
  void clearSpareRows(int columns) {
    int blocks = Math.ceilDiv(columns, DEPTH);
    for (int block = 0; block < blocks; block++) {
      int from = offset(block, paddedRows - SPARE_ROWS);
      Arrays.fill(data, from, from + SPARE_ROWS * DEPTH, 0);
    }
  }

  float[] data() {
    return data;
  }

  /** Index of a row's first input in a block. */
  int offset(int block, int row) {
    return (block * paddedRows + row) * DEPTH;
  }
}
