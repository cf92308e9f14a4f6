package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

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
   * Reads the scales and shifts of whole blocks; {@link #resize} comes before.
   *
   * @param panel where the panel begins in {@code data}
   * @param width its outputs
   * @param finite whether its half floats are neither infinite nor NaN
   * @param columns inputs of a row
   * @param first number of the first part, the first of a block
   * @param parts their number
   */
  void read(
      MemorySegment data,
      long panel,
      int width,
      PanelLayout layout,
      boolean finite,
      int columns,
      int first,
      int parts) {
    if (!layout.partScales()) {
      readBlocks(data, panel, width, layout, finite, first, parts);
      return;
    }
    readParts(data, panel, width, layout, columns, first, parts, false);
    if (layout.minimum()) {
      readParts(data, panel, width, layout, columns, first, parts, true);
    }
  }

  /**
   * Reads the scales of a whole row; what its minima come to goes to {@code out}, or zeros.
   *
   * @param finite whether its half floats are neither infinite nor NaN
   * @param sums of the input over each part, if there are minima
   * @param out gets a panel's width
   */
  void read(
      MemorySegment data,
      long panel,
      int width,
      PanelLayout layout,
      boolean finite,
      int columns,
      float[] sums,
      float[] out,
      int outOffset) {
    int parts = columns / layout.partInputs();
    resize(parts, width);
    if (!layout.partScales()) {
      readBlocks(data, panel, width, layout, finite, 0, parts);
    } else {
      readParts(data, panel, width, layout, columns, 0, parts, false);
    }
    if (!layout.minimum()) {
      Arrays.fill(out, outOffset, outOffset + width, 0);
    } else if (!layout.partScales()) {
      PanelScales.shift(shifts, sums, width, parts, out, outOffset);
    } else if (!finite) {
      readParts(data, panel, width, layout, columns, 0, parts, true);
      PanelScales.shift(shifts, sums, width, parts, out, outOffset);
    } else {
      PanelScales.minima(
          data,
          panel + minimumHead(width),
          headStride(width, layout),
          panel + (long) layout.headBytes(columns) * width + minimaBytes(width, layout, columns),
          width,
          parts / layout.parts(),
          layout.parts() / Integer.BYTES,
          sums,
          out,
          outOffset);
    }
  }

  private void readBlocks(
      MemorySegment data,
      long panel,
      int width,
      PanelLayout layout,
      boolean finite,
      int first,
      int parts) {
    long heads = panel + (long) first * layout.heads() * width * Short.BYTES;
    PanelScales.ofBlocks(data, heads, finite, width, layout.minimum(), parts, scales, shifts);
  }

  /**
   * Reads the bytes of parts, times their block's half float: the scales, or the negated minima.
   *
   * @param minima which of the two; the minima's bytes stand behind all scales', their half floats
   *     behind each block's
   */
  private void readParts(
      MemorySegment data,
      long panel,
      int width,
      PanelLayout layout,
      int columns,
      int first,
      int parts,
      boolean minima) {
    int block = first / layout.parts();
    int blocks = parts / layout.parts();
    int perBlock = layout.parts() / Integer.BYTES;
    int stride = headStride(width, layout);
    long head = panel + (long) block * stride;
    long words =
        panel
            + (long) layout.headBytes(columns) * width
            + (long) block * perBlock * width * Integer.BYTES;
    if (minima) {
      head += minimumHead(width);
      words += minimaBytes(width, layout, columns);
    }
    float sign = minima ? -1 : 1;
    float[] out = minima ? shifts : scales;
    PanelScales.ofParts(data, head, stride, words, width, blocks, perBlock, sign, out);
  }

  /** Bytes from one block's half floats to the next one's. */
  private static int headStride(int width, PanelLayout layout) {
    return layout.heads() * width * Short.BYTES;
  }

  /** Bytes of a block's first half floats, behind which those of the minima stand. */
  private static long minimumHead(int width) {
    return (long) width * Short.BYTES;
  }

  /** Bytes of all parts' scales, behind which those of the minima stand. */
  private static long minimaBytes(int width, PanelLayout layout, int columns) {
    return (long) columns / layout.partInputs() * width;
  }

  float[] scales() {
    return scales;
  }

  float[] shifts() {
    return shifts;
  }
}
