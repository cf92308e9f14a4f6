package dev.llamark.kernel.vector;

/** The shape of the register tiles, and how rows and outputs are cut into them. */
final class TileShape {

  /** Outputs of a tile: two vectors, at 256 bits a cache line. */
  static final int WIDTH = 2 * Lanes.COUNT;

  /** Tiles side by side in a strip, the unit in which weights are expanded: two panels. */
  static final int TILES_PER_STRIP = 2 * VectorWeights.WIDTH / WIDTH;

  /** Outputs of a strip. */
  static final int STRIP = TILES_PER_STRIP * WIDTH;

  /** Whether there are 32 vector registers, as AVX-512 and Arm have them. */
  private static final boolean TALL =
      VectorWidth.bits() == 512 || System.getProperty("os.arch", "").equals("aarch64");

  /** Rows of a full tile, {@link TallPanelTile} or {@link PanelTile}. */
  static final int FULL = TALL ? 12 : 6;

  /** Rows of the lowest tile of {@link LowPanelTile}. */
  private static final int LOWEST = 4;

  private TileShape() {}

  /**
   * Rows of the next tile, 12, 6, 5 or 4, such that the rest can be cut likewise; only the last
   * tile may reach beyond the last row, and only of 1, 2, 3 or 7 rows.
   */
  static int height(int rowsLeft) {
    if (TALL && (rowsLeft == 12 || rowsLeft >= 16)) {
      return 12;
    }
    return lowHeight(rowsLeft);
  }

  /** Rows of the next tile where none is taller than 6. */
  static int lowHeight(int rowsLeft) {
    return switch (rowsLeft) {
      case 5, 9, 13 -> 5;
      case 1, 2, 3, 4, 7, 8 -> LOWEST;
      default -> 6;
    };
  }

  /** Rows of all tiles together. */
  static int padded(int rows) {
    return rows < LOWEST || rows == 7 ? Math.ceilDiv(rows, LOWEST) * LOWEST : rows;
  }
}
