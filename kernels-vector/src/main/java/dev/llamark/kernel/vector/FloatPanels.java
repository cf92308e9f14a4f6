package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Weights as floats, (panel × input × output), in panels as wide as a register tile: a vector holds
 * one input's weights for as many outputs, and a product never sums across lanes. The last panel is
 * filled up with zeros. The memory lies outside the heap.
 */
final class FloatPanels extends VectorWeights {

  private static final int PANEL = TileShape.WIDTH;

  /**
   * Inputs of a block. Long streams are what memory gives fastest, and the result is added to but
   * seldom; a panel's share still fits into a quarter of a second-level cache.
   */
  private static final int DEEP = 2048;

  /** Little-endian in the file. */
  private static final ValueLayout.OfFloat STORED =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Whether a product of one row reads two panels at once; their sums need 16 registers. */
  private final boolean inPairs;

  private final MemorySegment data;

  private FloatPanels(Matrix matrix, Streams streams, int threads) {
    super(matrix, PANEL, PanelGroups.of(matrix.rows(), PANEL, threads));
    inPairs = streams != Streams.ONE && Lanes.COUNT > 8;
    data = allocate(panels() * panelBytes());
  }

  /** Packs a matrix, with the help of the team. */
  static FloatPanels of(Matrix matrix, Streams streams, ThreadTeam team) {
    FloatPanels panels = new FloatPanels(matrix, streams, team.size());
    float[][] rows = new float[team.size()][matrix.columns()];
    float[][] buffers = new float[team.size()][matrix.columns() * PANEL];
    team.run(
        panels.panels(),
        (panel, thread) -> panels.fill(panel, matrix, rows[thread], buffers[thread]));
    return panels;
  }

  private void fill(int panel, Matrix matrix, float[] row, float[] buffer) {
    for (int r = 0; r < PANEL; r++) {
      boolean valid = r < rowsOf(panel);
      if (valid) {
        long from = (panel * PANEL + r) * matrix.rowBytes();
        MemorySegment.copy(matrix.data(), STORED, from, row, 0, row.length);
      }
      for (int k = 0, to = r; k < row.length; k++, to += PANEL) {
        buffer[to] = valid ? row[k] : 0;
      }
    }
    MemorySegment.copy(
        buffer, 0, data, ValueLayout.JAVA_FLOAT, panel * panelBytes(), columns() * PANEL);
  }

  private long panelBytes() {
    return (long) columns() * PANEL * Float.BYTES;
  }

  /** Where in the memory a panel's weights of an input begin, in bytes. */
  private long offset(int panel, int k) {
    return panel * panelBytes() + (long) k * PANEL * Float.BYTES;
  }

  /** A row is one section: products of many rows read panels in place, as a whole. */
  @Override
  int sections() {
    return 1;
  }

  @Override
  void multiplyGroup(RowInput input, int group, float[] out, MatMulScratch scratch) {
    int first = groups().first(group);
    int end = groups().first(group + 1);
    Arrays.fill(out, 0, (end - first) * PANEL, 0);
    int panel = first;
    for (; inPairs && panel < end - 1; panel += 2) {
      FloatPanelVector.multiplyTwo(
          input.x(),
          input.offset(),
          data,
          offset(panel, 0),
          panelBytes(),
          columns(),
          out,
          (panel - first) * PANEL);
    }
    for (; panel < end; panel++) {
      multiplySection(input, panel, 0, out, (panel - first) * PANEL, scratch);
    }
  }

  @Override
  void multiplySection(
      RowInput input, int panel, int section, float[] out, int outOffset, MatMulScratch scratch) {
    FloatPanelVector.multiply(
        input.x(), input.offset(), data, offset(panel, 0), columns(), out, outOffset);
  }

  @Override
  int depth() {
    return DEEP;
  }

  @Override
  int stripWidth() {
    return PANEL;
  }

  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    scratch.strip.set(data, offset(strip, k), panelBytes());
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
