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
    PanelLayout layout = memory.layout();
    int from = toPart * layout.width();
    read(memory, panel, section, false, from);
    if (layout.minimum()) {
      read(memory, panel, section, true, from);
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
    PanelLayout.Section fields = memory.section(section);
    resize(fields.parts(), layout.width());
    read(memory, panel, section, false, 0);
    if (!layout.minimum()) {
      return;
    }
    int first = memory.firstPart(section);
    if (layout.partScales() && memory.finite()) {
      long at = memory.places().fields(panel, section);
      PanelScales.minima(
          memory.data(),
          at + fields.minimumHeads(),
          at + fields.minima(),
          layout.width(),
          fields.parts(),
          sums,
          first,
          out,
          outOffset);
    } else {
      read(memory, panel, section, true, 0);
      PanelScales.shift(shifts, sums, first, layout.width(), fields.parts(), out, outOffset);
    }
  }

  /**
   * Reads the scales or the shifts of a section.
   *
   * @param to where they are written in {@link #scales} or {@link #shifts}
   */
  private void read(PanelMemory memory, int panel, int section, boolean minima, int to) {
    PanelLayout layout = memory.layout();
    PanelLayout.Section fields = memory.section(section);
    long at = memory.places().fields(panel, section);
    long heads = minima ? at + fields.minimumHeads() : at;
    float[] out = minima ? shifts : scales;
    int width = layout.width();
    if (layout.partScales()) {
      long bytes = at + (minima ? fields.minima() : fields.scales());
      float sign = minima ? -1 : 1;
      PanelScales.ofParts(memory.data(), heads, bytes, width, fields.parts(), sign, out, to);
    } else {
      int count = fields.parts() * width;
      PanelScales.ofBlocks(memory.data(), heads, memory.finite(), count, out, to);
    }
  }

  float[] scales() {
    return scales;
  }

  float[] shifts() {
    return shifts;
  }
}
