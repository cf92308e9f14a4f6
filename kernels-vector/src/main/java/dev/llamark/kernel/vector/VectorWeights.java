package dev.llamark.kernel.vector;

import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights as this variant reads them, in panels of {@link #WIDTH} outputs. How a panel lies in
 * memory is a matter of the subclass; products of one row go over it as it lies, products of many
 * rows over floats, (input × output), to which it is expanded block by block.
 */
abstract class VectorWeights implements PackedMatrix {

  /** Outputs in a panel: three vectors, unless {@link #width} says otherwise. */
  static final int WIDTH = 3 * Lanes.COUNT;

  /** Cache lines and vectors do not straddle. */
  private static final int ALIGNMENT = 64;

  private final DType dtype;
  private final int rows;
  private final int columns;

  VectorWeights(DType dtype, int rows, int columns) {
    this.dtype = dtype;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Memory of zeros, for the garbage collector to free: kernels that read memory which can be
   * closed have been seen to keep their vectors on the heap.
   */
  static MemorySegment allocate(long bytes) {
    return NativeMemory.allocate(bytes, ALIGNMENT, Arena.ofAuto());
  }

  /**
   * One row of input times a panel.
   *
   * @param out gets {@link #width} sums; those beyond the matrix's rows mean nothing
   */
  void multiplyVector(
      float[] x, int xOffset, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    for (int k = 0; k < columns; k += InputTiles.DEPTH) {
      int count = Math.min(InputTiles.DEPTH, columns - k);
      expand(panel, k, count, scratch, scratch.expanded);
      PanelVector.multiply(x, xOffset + k, scratch.expanded, count, out, outOffset, k > 0);
    }
  }

  /**
   * Writes a panel's floats from input {@code k} on, (count × {@link #WIDTH}).
   *
   * @param count at most {@link InputTiles#DEPTH}
   * @param out gets the floats from index 0
   */
  abstract void expand(int panel, int k, int count, MatMulScratch scratch, float[] out);

  /**
   * Writes a strip's floats from input {@code k} on to {@link MatMulScratch#strip}, (tile × count ×
   * {@link TileShape#WIDTH}). Outputs beyond the matrix's rows get anything.
   *
   * @param count at most {@link InputTiles#DEPTH}
   */
  void expandStrip(int strip, int k, int count, MatMulScratch scratch) {
    int panel = 2 * strip;
    expand(panel, k, count, scratch, scratch.expanded);
    StripOrder.first(scratch.expanded, count, scratch.strip);
    if (panel + 1 < panels()) {
      expand(panel + 1, k, count, scratch, scratch.expanded);
      StripOrder.second(scratch.expanded, count, scratch.strip);
    }
  }

  /** Number of strips: two panels each, which make three tiles. */
  int strips() {
    return Math.ceilDiv(rows, TileShape.STRIP);
  }

  /** Outputs in a panel. */
  int width() {
    return WIDTH;
  }

  /** Number of panels. */
  int panels() {
    return Math.ceilDiv(rows, width());
  }

  /** Rows of a panel that there are. */
  int rowsOf(int panel) {
    return Math.min(width(), rows - panel * width());
  }

  /** Panels are a copy. */
  @Override
  public boolean readsWeights() {
    return false;
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
