package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Weights as floats, (panel × input × output): a vector holds one input's weights for as many
 * outputs, and a product never sums across lanes. The last panel is filled up with zeros. The
 * memory lies outside the heap.
 */
final class FloatPanels extends VectorWeights {

  /** Cache lines and vectors do not straddle. */
  private static final int ALIGNMENT = 64;

  private final MemorySegment data;

  private FloatPanels(Matrix matrix) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    data = Arena.ofAuto().allocate(panels() * panelBytes(), ALIGNMENT);
  }

  /** Packs a matrix, with the help of the team. */
  static FloatPanels of(Matrix matrix, ThreadTeam team) {
    FloatPanels panels = new FloatPanels(matrix);
    float[][] rows = new float[team.size()][matrix.columns()];
    float[][] buffers = new float[team.size()][matrix.columns() * WIDTH];
    team.run(
        panels.panels(),
        (panel, thread) -> panels.fill(panel, matrix, rows[thread], buffers[thread]));
    return panels;
  }

  private void fill(int panel, Matrix matrix, float[] row, float[] buffer) {
    for (int r = 0; r < WIDTH; r++) {
      boolean valid = r < rowsOf(panel);
      if (valid) {
        matrix.decodeRow(panel * WIDTH + r, row, 0);
      }
      for (int k = 0; k < columns(); k++) {
        buffer[k * WIDTH + r] = valid ? row[k] : 0;
      }
    }
    MemorySegment.copy(
        buffer, 0, data, ValueLayout.JAVA_FLOAT, panel * panelBytes(), columns() * WIDTH);
  }

  private long panelBytes() {
    return (long) columns() * WIDTH * Float.BYTES;
  }

  @Override
  void multiplyVector(
      float[] x, int xOffset, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    PanelVector.multiply(x, xOffset, data, panel * panelBytes(), columns(), out, outOffset);
  }

  @Override
  void expand(int panel, int k, int count, MatMulScratch scratch, float[] out) {
    long from = panel * panelBytes() + (long) k * WIDTH * Float.BYTES;
    MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, from, out, 0, count * WIDTH);
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
