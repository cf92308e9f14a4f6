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
   * Inputs that are expanded at once, a multiple of {@link PanelLayout#SECTION}. A strip's share of
   * them takes 768 KiB at 512 bits and 192 KiB at 256: results are read and written once for each
   * block of inputs, which costs more than to find weights in the second-level cache.
   */
  static final int DEPTH = Lanes.COUNT > 8 ? 2048 : 1024;

  /** Cache lines and vectors do not straddle. */
  static final int ALIGNMENT = 64;

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

  /** The groups of panels that {@link #multiplyGroup} takes. */
  abstract PanelGroups groups();

  /**
   * One row of input times a group of panels.
   *
   * @param out gets {@link #width} sums for each panel, one after the other; those beyond the
   *     matrix's rows mean nothing
   */
  abstract void multiplyGroup(RowInput input, int group, float[] out, MatMulScratch scratch);

  /**
   * Inputs of the parts whose sums of floats {@link #multiplyGroup} wants, the same for all types
   * that do; 0 if it wants none.
   */
  int summedInputs() {
    return 0;
  }

  /**
   * Bits of these weights' numbers if {@link #multiplyGroup} multiplies a row that is quantised in
   * whole numbers, 0 if it takes floats.
   */
  int int8Bits() {
    return 0;
  }

  /**
   * Makes a strip's floats from input {@code k} on and sets {@link MatMulScratch#strip}. Outputs
   * beyond the matrix's rows get anything.
   *
   * @param k a multiple of {@link PanelLayout#SECTION}
   * @param count whole sections or all that is left of a row, at most {@link #DEPTH}
   */
  abstract void makeStrip(int strip, int k, int count, MatMulScratch scratch);

  /**
   * Inputs of a block, at most, for products of many rows: a multiple of {@link
   * PanelLayout#SECTION}.
   */
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
