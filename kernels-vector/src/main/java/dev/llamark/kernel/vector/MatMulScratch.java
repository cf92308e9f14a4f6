package dev.llamark.kernel.vector;

/** What one thread needs besides the operands of a matrix product. */
final class MatMulScratch {

  /** A tile of the result that reaches beyond the result's edge, or a panel's sums that do. */
  final float[] edge = new float[TileShape.FULL * VectorWeights.WIDTH];

  /** Scales of a panel's parts: see {@link PanelScales}. */
  final PartScales partScales = new PartScales();

  /** A panel's floats, (inputs of a block × outputs). */
  final float[] expanded = new float[InputTiles.DEPTH * VectorWeights.WIDTH];

  /** A strip's floats, (tile × inputs of a block × outputs). */
  final float[] strip = new float[InputTiles.DEPTH * TileShape.STRIP];
}
