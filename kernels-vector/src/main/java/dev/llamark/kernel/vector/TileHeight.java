package dev.llamark.kernel.vector;

/** How the rows of an input are cut into register tiles. */
final class TileHeight {

  private static final boolean TALL = VectorWidth.bits() == 512;

  /** Rows of {@link PanelTile}. */
  private static final int LOW = 3;

  /**
   * Rows of a full tile: {@link TallPanelTile} where there are 32 registers, else {@link
   * PanelTile}.
   */
  static final int FULL = TALL ? 6 : LOW;

  private TileHeight() {}

  /** Rows of the next tile; some may lie beyond the last. */
  static int of(int rowsLeft) {
    return rowsLeft > LOW ? FULL : LOW;
  }

  /** Rows of all tiles together. */
  static int padded(int rows) {
    int full = rows - rows % FULL;
    return full == rows ? rows : full + of(rows - full);
  }
}
