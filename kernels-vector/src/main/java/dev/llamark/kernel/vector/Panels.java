package dev.llamark.kernel.vector;

import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Float weights in panels: {@link #WIDTH} rows of W side by side, (panel × K × WIDTH), so that a
 * vector holds one input's weights for as many outputs and a product never sums across lanes. The
 * last panel is filled up with zeros. The memory lies outside the heap.
 */
final class Panels implements PackedMatrix {

  /**
   * Vectors in a panel. A tile holds {@link PanelTile#ROWS} of them as accumulators, besides the
   * weights and one input: 16 registers allow 2, the 32 of AVX-512 allow 4.
   */
  static final int VECTORS = VectorWidth.bits() == 512 ? 4 : 2;

  /** Outputs in a panel. */
  static final int WIDTH = VECTORS * Lanes.COUNT;

  /** Cache lines and vectors do not straddle. */
  private static final int ALIGNMENT = 64;

  private final DType dtype;
  private final int rows;
  private final int columns;
  private final MemorySegment data;

  private Panels(DType dtype, int rows, int columns) {
    this.dtype = dtype;
    this.rows = rows;
    this.columns = columns;
    data = Arena.ofAuto().allocate(count() * panelBytes(), ALIGNMENT);
  }

  /** Packs a matrix, with the help of the team. */
  static Panels of(Matrix matrix, ThreadTeam team) {
    Panels panels = new Panels(matrix.dtype(), matrix.rows(), matrix.columns());
    float[][] rows = new float[team.size()][matrix.columns()];
    float[][] buffers = new float[team.size()][matrix.columns() * WIDTH];
    team.run(
        panels.count(),
        (panel, thread) -> panels.fill(panel, matrix, rows[thread], buffers[thread]));
    return panels;
  }

  private void fill(int panel, Matrix matrix, float[] row, float[] buffer) {
    for (int r = 0; r < WIDTH; r++) {
      int n = panel * WIDTH + r;
      if (n < rows) {
        matrix.decodeRow(n, row, 0);
      }
      for (int k = 0; k < columns; k++) {
        buffer[k * WIDTH + r] = n < rows ? row[k] : 0;
      }
    }
    MemorySegment.copy(
        buffer, 0, data, ValueLayout.JAVA_FLOAT, panel * panelBytes(), columns * WIDTH);
  }

  /** The panels, in native byte order. */
  MemorySegment data() {
    return data;
  }

  /** Number of panels. */
  int count() {
    return Math.ceilDiv(rows, WIDTH);
  }

  /** Bytes of a panel. */
  long panelBytes() {
    return (long) columns * WIDTH * Float.BYTES;
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

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
