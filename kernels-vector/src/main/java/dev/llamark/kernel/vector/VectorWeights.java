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

  /**
   * Inputs that are expanded at once: a strip's share of them fits into half of a second-level
   * cache. A multiple of all types' blocks.
   */
  static final int DEPTH = Lanes.COUNT > 8 ? 512 : 1024;

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
    for (int k = 0; k < columns; k += DEPTH) {
      int count = Math.min(DEPTH, columns - k);
      expand(panel, k, count, scratch, scratch.expanded);
      PanelVector.multiply(x, xOffset + k, scratch.expanded, count, out, outOffset, k > 0);
    }
  }

  /**
   * Writes a panel's floats from input {@code k} on, (count × {@link #WIDTH}).
   *
   * @param count at most {@link #DEPTH}
   * @param out gets the floats from byte 0
   */
  abstract void expand(int panel, int k, int count, MatMulScratch scratch, MemorySegment out);

  /**
   * Makes a strip's floats from input {@code k} on and sets {@link MatMulScratch#strip}. Outputs
   * beyond the matrix's rows get anything.
   *
   * @param count at most {@link #DEPTH}
   */
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int panel = 2 * strip;
    MemorySegment floats = scratch.expandedStrip;
    expand(panel, k, count, scratch, scratch.expanded);
    StripOrder.first(scratch.expanded, count, floats);
    if (panel + 1 < panels()) {
      expand(panel + 1, k, count, scratch, scratch.expanded);
      StripOrder.second(scratch.expanded, count, floats);
    }
    scratch.placeExpandedStrip(count);
  }

  /** Inputs of a block, at most, for products of many rows. */
  int depth() {
    return DEPTH;
  }

  /** Outputs of a strip: two panels, which make three tiles, unless the subclass says otherwise. */
  int stripWidth() {
    return TileShape.STRIP;
  }

  /** Number of strips. */
  int strips() {
    return Math.ceilDiv(rows, stripWidth());
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
