package dev.llamark.kernel.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What one thread needs besides the operands of a matrix product. */
final class MatMulScratch {

  /** A tile of the result that reaches beyond the result's edge. */
  final float[] edge = new float[TileShape.FULL * VectorWeights.WIDTH];

  /** The sums of a group of panels. */
  final float[] sums = new float[PanelGroups.MOST * NibblePanels.PANEL];

  /** Scales of a panel's parts: see {@link PanelScales}. */
  final PartScales partScales = new PartScales();

  /** A panel's floats, (inputs of a block × outputs). */
  final MemorySegment expanded = floats(VectorWeights.WIDTH);

  /** Room for a strip's floats, (tile × inputs of a block × outputs). */
  final MemorySegment expandedStrip = floats(TileShape.STRIP);

  /** The strip that is multiplied. */
  final StripFloats strip = new StripFloats();

  /** Makes {@link #expandedStrip} the one that is multiplied. */
  void placeExpandedStrip(int inputs) {
    strip.set(expandedStrip, 0, inputs * TileShape.ROW);
  }

  /** Outside the heap, as weights are: the tiles know one kind of memory. */
  private static MemorySegment floats(int outputs) {
    return Arena.ofAuto().allocate((long) VectorWeights.DEPTH * outputs * Float.BYTES, 64);
  }
}
