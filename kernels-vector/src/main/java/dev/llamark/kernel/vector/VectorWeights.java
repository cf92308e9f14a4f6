package dev.llamark.kernel.vector;

import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Weights as this variant reads them, in panels of {@link #WIDTH} outputs. How a panel lies in
 * memory is a matter of the subclass; products of one row go over it as it lies, products of many
 * rows over floats, (input × output), to which it is expanded block by block.
 */
abstract class VectorWeights implements PackedMatrix {

  /** Outputs in a panel: two vectors. */
  static final int WIDTH = 2 * Lanes.COUNT;

  private final DType dtype;
  private final int rows;
  private final int columns;

  VectorWeights(DType dtype, int rows, int columns) {
    this.dtype = dtype;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * One row of input times a panel.
   *
   * @param out gets {@link #WIDTH} sums; those beyond the matrix's rows mean nothing
   */
  void multiplyVector(
      float[] x, int xOffset, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    for (int k = 0; k < columns; k += InputTiles.DEPTH) {
      int count = Math.min(InputTiles.DEPTH, columns - k);
      MemorySegment w = expand(panel, k, count, scratch);
      long from = expandedOffset(panel, k);
      PanelVector.multiply(x, xOffset + k, w, from, count, out, outOffset, k > 0);
    }
  }

  /**
   * A panel's floats from input {@code k} on, (count × WIDTH): the segment that holds them, from
   * {@link #expandedOffset} on.
   *
   * @param count at most {@link InputTiles#DEPTH}
   */
  abstract MemorySegment expand(int panel, int k, int count, MatMulScratch scratch);

  /** Where in {@link #expand}'s segment the floats begin, in bytes. */
  long expandedOffset(int panel, int k) {
    return 0;
  }

  /** Number of panels. */
  int panels() {
    return Math.ceilDiv(rows, WIDTH);
  }

  /** Rows of a panel that there are. */
  int rowsOf(int panel) {
    return Math.min(WIDTH, rows - panel * WIDTH);
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }
}
