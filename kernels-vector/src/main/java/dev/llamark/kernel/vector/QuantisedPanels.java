package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Weights of a type with blocks, in panels as {@link PanelLayout} has them. A product of one row
 * takes the numbers as they are packed; a product of many expands them to floats, a vector of
 * outputs at a time.
 */
final class QuantisedPanels extends VectorWeights {

  private static final int N = Lanes.COUNT;
  private static final int PANELS_PER_STRIP = TileShape.STRIP / WIDTH;

  private final PanelLayout layout;
  private final MemorySegment data;

  private QuantisedPanels(Matrix matrix, PanelLayout layout) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    this.layout = layout;
    data = allocate(panels() * panelBytes());
  }

  /** Packs a matrix, with the help of the team. */
  static QuantisedPanels of(Matrix matrix, ThreadTeam team) {
    PanelLayout layout = PanelLayout.of(matrix.dtype());
    QuantisedPanels panels = new QuantisedPanels(matrix, layout);
    PanelPacker[] packers = new PanelPacker[team.size()];
    for (int i = 0; i < packers.length; i++) {
      packers[i] = new PanelPacker(matrix, layout, WIDTH, false);
    }
    team.run(
        panels.panels(),
        (panel, thread) ->
            packers[thread].pack(
                panel * WIDTH, panels.rowsOf(panel), panels.data, panel * panels.panelBytes()));
    return panels;
  }

  private long panelBytes() {
    return (long) layout.rowBytes(columns()) * WIDTH;
  }

  @Override
  void multiplyVector(
      float[] x,
      int xOffset,
      float[] sums,
      int panel,
      float[] out,
      int outOffset,
      MatMulScratch scratch) {
    int parts = columns() / layout.partInputs();
    PartScales scales = scratch.partScales;
    scales.resize(parts, WIDTH);
    readScales(panel, 0, parts, scales);
    if (layout.minimum()) {
      PanelScales.shift(scales.shifts(), sums, WIDTH, parts, out, outOffset);
    } else {
      Arrays.fill(out, outOffset, outOffset + WIDTH, 0);
    }
    long numbers = panel * panelBytes() + (long) layout.numbersAt(columns()) * WIDTH;
    long rests = panel * panelBytes() + (long) layout.restsAt(columns()) * WIDTH;
    float[] s = scales.scales();
    int c = layout.centre();
    switch (layout.bits()) {
      case 4 -> FourBitVector.multiply(x, xOffset, data, numbers, s, parts, c, out, outOffset);
      case 5 ->
          FiveBitVector.multiply(x, xOffset, data, numbers, rests, s, parts, c, out, outOffset);
      case 6 ->
          SixBitVector.multiply(x, xOffset, data, numbers, rests, s, parts, c, out, outOffset);
      default -> EightBitVector.multiply(x, xOffset, data, numbers, s, parts, c, out, outOffset);
    }
  }

  @Override
  int summedInputs() {
    return layout.minimum() ? layout.partInputs() : 0;
  }

  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int first = strip * PANELS_PER_STRIP;
    int end = Math.min(panels(), first + PANELS_PER_STRIP);
    for (int panel = first; panel < end; panel++) {
      expand(panel, k, count, scratch, (panel - first) * WIDTH);
    }
    scratch.placeExpandedStrip(count);
  }

  /**
   * Writes a panel's floats into its strip, (tile × count × {@link TileShape#WIDTH}).
   *
   * @param output the panel's first output in the strip
   */
  private void expand(int panel, int k, int count, MatMulScratch scratch, int output) {
    int first = k / layout.partInputs();
    int parts = count / layout.partInputs();
    PartScales scales = scratch.partScales;
    scales.resize(parts, WIDTH);
    readScales(panel, first, parts, scales);
    if (!layout.minimum()) { // zeros: a vector chosen by a condition would reach the heap
      Arrays.fill(scales.shifts(), 0, parts * WIDTH, 0);
    }
    MemorySegment out = scratch.expandedStrip;
    for (int v = 0; v < WIDTH; v += N) {
      long vector = panel * panelBytes() + (long) v * Integer.BYTES;
      long numbers = vector + (long) layout.numbersAt(columns()) * WIDTH;
      long rests = vector + (long) layout.restsAt(columns()) * WIDTH;
      long to = TileShape.offset(output + v, count);
      PanelNumbers.expand(data, numbers, rests, layout, first, parts, scales, v, out, to);
    }
  }

  private void readScales(int panel, int first, int parts, PartScales to) {
    to.read(data, panel * panelBytes(), WIDTH, layout, columns(), first, parts);
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
