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

  /** Whether no scale or minimum is infinite or NaN. */
  private boolean finite = true;

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
    for (PanelPacker packer : packers) {
      panels.finite &= packer.finite();
    }
    return panels;
  }

  private long panelBytes() {
    return (long) layout.rowBytes(columns()) * WIDTH;
  }

  @Override
  void multiplyVector(
      RowInput input, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    PartScales scales = scratch.partScales;
    long from = panel * panelBytes();
    scales.read(data, from, WIDTH, layout, finite, columns(), input.sums(), out, outOffset);
    int parts = columns() / layout.partInputs();
    if (input.quantised() && int8Bits() > 0) {
      multiplyInt8(input.int8(), panel, parts, out, outOffset, scales.scales());
    } else {
      multiplyFloats(input, panel, parts, out, outOffset, scales.scales());
    }
  }

  private void multiplyInt8(
      Int8Input input, int panel, int parts, float[] out, int outOffset, float[] scales) {
    long numbers = numbers(panel);
    if (layout.bits() == Byte.SIZE) {
      Int8ByteVector.multiply(input, data, numbers, scales, parts, out, outOffset);
    } else {
      Int8SixBitVector.multiply(input, data, numbers, rests(panel), scales, parts, out, outOffset);
    }
  }

  private void multiplyFloats(
      RowInput input, int panel, int parts, float[] out, int outOffset, float[] scales) {
    float[] x = input.x();
    int from = input.offset();
    long numbers = numbers(panel);
    long rests = rests(panel);
    int centre = layout.centre();
    switch (layout.bits()) {
      case 4 ->
          FourBitVector.multiply(x, from, data, numbers, scales, parts, centre, out, outOffset);
      case 5 ->
          FiveBitVector.multiply(
              x, from, data, numbers, rests, scales, parts, centre, out, outOffset);
      case 6 ->
          SixBitVector.multiply(
              x, from, data, numbers, rests, scales, parts, centre, out, outOffset);
      default ->
          EightBitVector.multiply(x, from, data, numbers, scales, parts, centre, out, outOffset);
    }
  }

  private long numbers(int panel) {
    return panel * panelBytes() + (long) layout.numbersAt(columns()) * WIDTH;
  }

  private long rests(int panel) {
    return panel * panelBytes() + (long) layout.restsAt(columns()) * WIDTH;
  }

  /** Five bits would need factors of their own, four are for {@link NibblePanels}. */
  @Override
  int int8Bits() {
    return layout.bits() == 6 || layout.bits() == Byte.SIZE ? layout.bits() : 0;
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
    scales.read(data, panel * panelBytes(), WIDTH, layout, finite, columns(), first, parts);
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

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
