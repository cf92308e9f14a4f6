package dev.llamark.kernel.vector;

/** How the rows of an input are cut into register tiles. */
final class TileHeight {

  private static final boolean TALL = VectorWidth.bits() == 512;

  /**
   * Rows of a full tile: {@link TallPanelTile} where there are 32 registers, else {@link
   * PanelTile}.
   */
  static final int FULL = TALL ? 12 : 5;

  private TileHeight() {}

  /** Rows of the next tile; some may lie beyond the last. */
  static int of(int rowsLeft) {
    if (!TALL || rowsLeft > 8) {
      return FULL;
    }
    return rowsLeft > 4 ? 8 : 4;
  }

  /** Rows of all tiles together. */
  static int padded(int rows) {
    int full = rows - rows % FULL;
    return full == rows ? rows : full + of(rows - full);
  }
}
