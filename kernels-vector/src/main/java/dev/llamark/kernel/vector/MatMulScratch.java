package dev.llamark.kernel.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What one thread needs besides the operands of a matrix product. */
final class MatMulScratch {

  private static final int ALIGNMENT = 64;

  /** A tile of the result that reaches beyond the result's edge. */
  final float[] edge = new float[TileHeight.FULL * VectorWeights.WIDTH];

  /** Scales of a panel's block: see {@link PanelScales}. */
  final float[] scales = new float[PanelScales.FIELDS];

  /** A panel's floats, (inputs of a block × outputs). */
  final MemorySegment expanded =
      Arena.ofAuto()
          .allocate((long) InputTiles.DEPTH * VectorWeights.WIDTH * Float.BYTES, ALIGNMENT);
}
