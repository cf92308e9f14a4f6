package dev.llamark.kernel.vector;

import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.tensor.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Weights as this variant reads them, in panels of some outputs. How a panel lies in memory is a
 * matter of the subclass; products of one row go over it as it lies, section by section, products
 * of many rows over floats, (input × output), to which it is expanded block by block.
 */
abstract class VectorWeights implements PackedMatrix {

  /** Outputs in a panel of most types: three vectors. */
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
  private final int width;
  private final PanelGroups groups;

  /**
   * For a matrix that is to be packed.
   *
   * @param width outputs in a panel
   */
  VectorWeights(Matrix matrix, int width, PanelGroups groups) {
    dtype = matrix.dtype();
    rows = matrix.rows();
    columns = matrix.columns();
    this.width = width;
    this.groups = groups;
  }

  /**
   * Memory of zeros, for the garbage collector to free: kernels that read memory which can be
   * closed have been seen to keep their vectors on the heap.
   */
  static MemorySegment allocate(long bytes) {
    return NativeMemory.allocate(bytes, ALIGNMENT, Arena.ofAuto());
  }

  /** Bytes up to the next place at which vectors do not straddle cache lines. */
  static int align(int bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /** The groups of panels that {@link #multiplyGroup} takes. */
  PanelGroups groups() {
    return groups;
  }

  /**
   * One row of input times a group of panels: each section of all of them before the next.
   *
   * @param out gets {@link #width} sums for each panel, one after the other; those beyond the
   *     matrix's rows mean nothing
   */
  void multiplyGroup(RowInput input, int group, float[] out, MatMulScratch scratch) {
    int first = groups.first(group);
    int end = groups.first(group + 1);
    Arrays.fill(out, 0, (end - first) * width, 0);
    for (int section = 0; section < sections(); section++) {
      for (int panel = first; panel < end; panel++) {
        multiplySection(input, panel, section, out, (panel - first) * width, scratch);
      }
    }
  }

  /** Sections of a row, which {@link #multiplySection} takes one by one. */
  abstract int sections();

  /**
   * A section of one row of input times that of a panel.
   *
   * @param out to it {@link #width} sums are added
   */
  abstract void multiplySection(
      RowInput input, int panel, int section, float[] out, int outOffset, MatMulScratch scratch);

  /**
   * Inputs of the parts whose sums of floats {@link #multiplySection} wants, the same for all types
   * that do; 0 if it wants none.
   */
  int summedInputs() {
    return 0;
  }

  /**
   * Bits of these weights' numbers if {@link #multiplySection} multiplies a row that is quantised
   * in whole numbers, 0 if it takes floats.
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
    return width;
  }

  /** Number of panels. */
  int panels() {
    return groups.panels();
  }

  /** Rows of a panel that there are. */
  int rowsOf(int panel) {
    return Math.min(width, rows - panel * width);
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
