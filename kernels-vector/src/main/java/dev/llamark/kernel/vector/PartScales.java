package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;

/** Scales and shifts of a panel's parts, (part × output). */
final class PartScales {

  private float[] scales = new float[0];
  private float[] shifts = new float[0];

  /** Makes room for so many parts of a panel of so many outputs. */
  void resize(int parts, int width) {
    if (parts * width > scales.length) {
      scales = new float[parts * width];
      shifts = new float[parts * width];
    }
  }

  /**
   * Reads the scales of whole blocks.
   *
   * @param panel where the panel begins in {@code data}
   * @param width its outputs
   * @param columns inputs of a row
   * @param first number of the first part, the first of a block
   * @param parts their number
   */
  void read(
      MemorySegment data,
      long panel,
      int width,
      PanelLayout layout,
      int columns,
      int first,
      int parts) {
    int block = first / layout.parts();
    int blocks = parts / layout.parts();
    long heads = panel + (long) block * layout.heads() * width * Short.BYTES;
    boolean minimum = layout.minimum();
    if (!layout.partScales()) {
      PanelScales.ofBlocks(data, heads, width, minimum, blocks, scales, shifts);
      return;
    }
    int perBlock = layout.parts() / Integer.BYTES;
    int count = blocks * perBlock;
    int stride = layout.heads() * width * Short.BYTES;
    long words = panel + (long) layout.headBytes(columns) * width;
    long skipped = (long) block * perBlock * width * Integer.BYTES;
    PanelScales.ofParts(data, heads, stride, words + skipped, width, count, perBlock, 1, scales);
    if (minimum) {
      long minima = words + (long) columns / layout.partInputs() * width + skipped;
      long head = heads + (long) width * Short.BYTES;
      PanelScales.ofParts(data, head, stride, minima, width, count, perBlock, -1, shifts);
    }
  }

  float[] scales() {
    return scales;
  }

  float[] shifts() {
    return shifts;
  }
}
