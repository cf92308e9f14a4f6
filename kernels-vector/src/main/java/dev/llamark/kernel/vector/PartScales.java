package dev.llamark.kernel.vector;

import java.util.Arrays;

/** Scales and shifts of parts of a panel, (part × output). */
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
   * Reads the scales of a section and its shifts, zeros where the type has no minimum; {@link
   * #resize} comes before.
   *
   * @param toPart number of the part from which on they are written
   */
  void readAll(PanelMemory memory, int panel, int section, int toPart) {
    readScales(memory, panel, section, toPart);
    PanelLayout layout = memory.layout();
    int from = toPart * layout.width();
    if (layout.minimum()) {
      readShifts(memory, panel, section, from);
    } else {
      Arrays.fill(shifts, from, from + memory.section(section).parts() * layout.width(), 0);
    }
  }

  /**
   * Reads the scales of a section, from the first part on; what its minima come to is added to
   * {@code out}.
   *
   * @param sums of the input over each part of the row, if there are minima
   * @param out a panel's width
   */
  void readAndAddMinima(
      PanelMemory memory, int panel, int section, float[] sums, float[] out, int outOffset) {
    PanelLayout layout = memory.layout();
    int parts = memory.section(section).parts();
    resize(parts, layout.width());
    readScales(memory, panel, section, 0);
    if (!layout.minimum()) {
      return;
    }
    int first = memory.firstPart(section);
    if (layout.partScales() && memory.finite()) {
      PanelLayout.Section fields = memory.section(section);
      long at = memory.at(panel, section);
      PanelScales.minima(
          memory.data(),
          at + fields.minimumHeads(),
          at + fields.minima(),
          layout.width(),
          parts,
          sums,
          first,
          out,
          outOffset);
    } else {
      readShifts(memory, panel, section, 0);
      PanelScales.shift(shifts, sums, first, layout.width(), parts, out, outOffset);
    }
  }

  private void readScales(PanelMemory memory, int panel, int section, int toPart) {
    PanelLayout layout = memory.layout();
    int to = toPart * layout.width();
    long heads = memory.at(panel, section);
    if (layout.partScales()) {
      long bytes = memory.at(panel, section) + memory.section(section).scales();
      int parts = memory.section(section).parts();
      PanelScales.ofParts(memory.data(), heads, bytes, layout.width(), parts, 1, scales, to);
    } else {
      readHeads(memory, heads, section, scales, to);
    }
  }

  private void readShifts(PanelMemory memory, int panel, int section, int to) {
    PanelLayout layout = memory.layout();
    long heads = memory.at(panel, section) + memory.section(section).minimumHeads();
    if (layout.partScales()) {
      long bytes = memory.at(panel, section) + memory.section(section).minima();
      int parts = memory.section(section).parts();
      PanelScales.ofParts(memory.data(), heads, bytes, layout.width(), parts, -1, shifts, to);
    } else {
      readHeads(memory, heads, section, shifts, to);
    }
  }

  private void readHeads(PanelMemory memory, long heads, int section, float[] out, int to) {
    int count = memory.section(section).parts() * memory.layout().width();
    PanelScales.ofBlocks(memory.data(), heads, memory.finite(), count, out, to);
  }

  float[] scales() {
    return scales;
  }

  float[] shifts() {
    return shifts;
  }
}
