package dev.llamark.kernel.vector;

/**
 * Where the sections of a matrix's panels lie. Groups of panels come one after the other, and
 * within a group the same section of all panels before the next. A section has fields, if there are
 * any, and numbers, in steps of three vectors. In one stream each panel's fields lie before its
 * numbers, which lie as they are. In three, of each section all panels' fields come first, then all
 * first vectors of all their steps, then all second, then all third ones. Where fields lie apart,
 * those of all sections come before the numbers of the group instead.
 *
 * <p>Cores read ahead of an instruction that asks for line after line; where it comes upon a gap,
 * which other instructions read, it is as if it began anew. That is measured on Zen 5 at 512 bits:
 * fields of a panel's section that make 12 or 15 lines (Q4_0, Q8_0, Q4_K) are best read as they
 * come, those with rests, 24 to 36 lines, in a stream of their own, which is 1.1 to 1.9 times as
 * fast. Q4_1, whose fields have 24 lines but no rests, and panels of half-bytes were not measured
 * closely enough to tell.
 */
final class SectionPlaces {

  /** Vectors of a step. */
  private static final int VECTORS = 3;

  private static final long VECTOR = Lanes.INTS.vectorByteSize();

  /**
   * What a panel's section needs.
   *
   * @param fields bytes of the fields, a multiple of {@link VectorWeights#ALIGNMENT}
   * @param steps of the numbers
   */
  record Size(long fields, int steps) {}

  private final int sections;
  private final Streams streams;
  private final boolean fieldsApart;
  private final long step;
  private final Size whole;
  private final Size last;

  /** Bytes of a section's numbers in each stream. */
  private final int wholeStream;

  private final int lastStream;

  /** Bytes of the numbers of a section but the last. */
  private final long wholeNumbers;

  /** Bytes of the fields of all of a panel's sections. */
  private final long panelFields;

  private final long bytes;

  /** Where each panel's group begins, how many panels that has, and which of them it is. */
  private final long[] begin;

  private final int[] panels;
  private final int[] index;

  /**
   * Places all.
   *
   * @param sections of a panel
   * @param whole size of each section but the last
   * @param last size of the last section
   * @param fieldsApart whether all fields of a group come before its numbers
   */
  SectionPlaces(
      PanelGroups groups,
      int sections,
      Size whole,
      Size last,
      Streams streams,
      boolean fieldsApart) {
    this.sections = sections;
    this.streams = streams;
    this.fieldsApart = fieldsApart;
    step = VECTORS / streams.count() * VECTOR;
    this.whole = whole;
    this.last = last;
    wholeStream = streamBytes(whole);
    lastStream = streamBytes(last);
    wholeNumbers = (long) streams.count() * wholeStream;
    panelFields = (sections - 1) * whole.fields + last.fields;
    int count = groups.panels();
    begin = new long[count];
    panels = new int[count];
    index = new int[count];
    long panelNumbers = (sections - 1) * wholeNumbers + (long) streams.count() * lastStream;
    long panelBytes = panelFields + panelNumbers;
    for (int group = 0; group < groups.count(); group++) {
      int first = groups.first(group);
      int end = groups.first(group + 1);
      for (int panel = first; panel < end; panel++) {
        begin[panel] = first * panelBytes;
        panels[panel] = end - first;
        index[panel] = panel - first;
      }
    }
    bytes = count * panelBytes;
  }

  private Size size(int section) {
    return section < sections - 1 ? whole : last;
  }

  /** Bytes of a section's numbers in each stream. */
  private int streamBytes(int section) {
    return section < sections - 1 ? wholeStream : lastStream;
  }

  private int streamBytes(Size size) {
    return VectorWeights.align(Math.toIntExact(size.steps * step));
  }

  /** Where a section's fields begin, in bytes. */
  long fields(int panel, int section) {
    long before = (long) section * panels[panel];
    long own = size(section).fields;
    if (fieldsApart) {
      return begin[panel] + before * whole.fields + index[panel] * own;
    }
    long distance = streams == Streams.ONE ? own + streamBytes(section) : own;
    return begin[panel] + before * (whole.fields + wholeNumbers) + index[panel] * distance;
  }

  /** Where a section's numbers begin, in bytes. */
  long numbers(int panel, int section) {
    long before = (long) section * panels[panel];
    long own = (long) index[panel] * streamBytes(section);
    if (fieldsApart) {
      return begin[panel] + panels[panel] * panelFields + before * wholeNumbers + own;
    }
    long fieldsBefore = streams == Streams.ONE ? index[panel] + 1 : panels[panel];
    return begin[panel]
        + before * (whole.fields + wholeNumbers)
        + fieldsBefore * size(section).fields
        + own;
  }

  /** Bytes from one vector of a step to the next. */
  long apart(int panel, int section) {
    return streams == Streams.ONE ? VECTOR : (long) panels[panel] * streamBytes(section);
  }

  /** Bytes from one step to the next. */
  long step() {
    return step;
  }

  /** Bytes of all sections. */
  long bytes() {
    return bytes;
  }
}
