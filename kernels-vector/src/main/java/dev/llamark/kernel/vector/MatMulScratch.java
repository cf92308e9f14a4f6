package dev.llamark.kernel.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What one thread needs besides the operands of a matrix product. */
final class MatMulScratch {

  /** A tile of the result that reaches beyond the result's edge. */
  final float[] edge = new float[TileShape.FULL * TileShape.WIDTH];

  /** The sums of a group of panels. */
  final float[] sums = new float[PanelGroups.MOST * NibblePanels.PANEL];

  /** Scales of a panel's parts: see {@link PanelScales}. */
  final PartScales partScales = new PartScales();

  /** Room for the floats of a panel's section, (input × output). */
  final MemorySegment expanded = floats(PanelLayout.SECTION, VectorWeights.WIDTH);

  /** Room for a strip's floats, (tile × inputs of a block × outputs). */
  final MemorySegment expandedStrip = floats(VectorWeights.DEPTH, TileShape.STRIP);

  /** The strip that is multiplied. */
  final StripFloats strip = new StripFloats();

  /** Makes {@link #expandedStrip} the one that is multiplied. */
  void placeExpandedStrip(int inputs) {
    strip.set(expandedStrip, 0, inputs * TileShape.ROW);
  }

  /** Outside the heap, as weights are: the tiles know one kind of memory. */
  private static MemorySegment floats(int inputs, int outputs) {
    return Arena.ofAuto().allocate((long) inputs * outputs * Float.BYTES, VectorWeights.ALIGNMENT);
  }
}
