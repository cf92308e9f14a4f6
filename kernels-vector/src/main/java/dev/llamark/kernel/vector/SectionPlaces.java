package dev.llamark.kernel.vector;

/**
 * Where the sections of a matrix's panels lie. Within a group of panels the same section of all
 * comes before the next; groups come one after the other.
 */
final class SectionPlaces {

  private final int sections;
  private final long bytes;

  /** Where each panel's first section begins, and its last, and how far apart its sections are. */
  private final long[] first;

  private final long[] last;
  private final long[] step;

  /**
   * Places all.
   *
   * @param sections of a panel
   * @param wholeBytes of each section but the last
   * @param lastBytes of the last section
   */
  SectionPlaces(PanelGroups groups, int sections, long wholeBytes, long lastBytes) {
    this.sections = sections;
    int panels = groups.panels();
    first = new long[panels];
    last = new long[panels];
    step = new long[panels];
    long begin = 0;
    for (int group = 0; group < groups.count(); group++) {
      int from = groups.first(group);
      int size = groups.first(group + 1) - from;
      long lastBegin = begin + (sections - 1) * size * wholeBytes;
      for (int i = 0; i < size; i++) {
        first[from + i] = begin + i * wholeBytes;
        last[from + i] = lastBegin + i * lastBytes;
        step[from + i] = size * wholeBytes;
      }
      begin = lastBegin + size * lastBytes;
    }
    bytes = begin;
  }

  /** Where a section begins, in bytes. */
  long at(int panel, int section) {
    return section < sections - 1 ? first[panel] + section * step[panel] : last[panel];
  }

  /** Bytes of all sections. */
  long bytes() {
    return bytes;
  }
}
