package dev.llamark.kernel.vector;

/** The shape of the register tiles, and how rows and outputs are cut into them. */
final class TileShape {

  /** Outputs of a tile: two vectors, at 256 bits a cache line. */
  static final int WIDTH = 2 * Lanes.COUNT;

  /** Bytes of an input's weights in a tile. */
  static final long ROW = (long) WIDTH * Float.BYTES;

  /** Tiles side by side in a strip, the unit in which weights are expanded: two panels. */
  static final int TILES_PER_STRIP = 2 * VectorWeights.WIDTH / WIDTH;

  /** Outputs of a strip. */
  static final int STRIP = TILES_PER_STRIP * WIDTH;

  /** Whether there are 32 vector registers, as AVX-512 and Arm have them. */
  private static final boolean TALL =
      VectorWidth.bits() == 512 || System.getProperty("os.arch", "").equals("aarch64");

  /** Rows of a full tile, of {@link TallPanelTile} or {@link PanelTile}. */
  static final int FULL = TALL ? 12 : 6;

  private TileShape() {}

  /** Rows of the next tile: 12, 8 or 4, or 6 or 4. Only the last may reach beyond the last row. */
  static int height(int rowsLeft) {
    if (TALL) {
      boolean two = rowsLeft > 12 && rowsLeft <= 16; // eight and eight, not twelve and four
      return rowsLeft > 8 && !two ? 12 : rowsLeft > 4 ? 8 : 4;
    }
    return rowsLeft <= 4 || rowsLeft == 7 || rowsLeft == 8 ? 4 : 6;
  }

  /**
   * Where in a strip of floats, (tile × inputs × {@link #WIDTH}), an output begins, in bytes.
   *
   * @param output a multiple of a vector's lanes
   */
  static long offset(int output, int inputs) {
    return output / WIDTH * inputs * ROW + (long) (output % WIDTH) * Float.BYTES;
  }

  /** Rows of all tiles together. */
  static int padded(int rows) {
    int padded = 0;
    while (padded < rows) {
      padded += height(rows - padded);
    }
    return padded;
  }
}
