package dev.llamark.kernel.vector;

/**
 * Where the sections of a matrix's panels lie. Groups of panels come one after the other, and
 * within a group the same section of all panels before the next. A section has fields, if there are
 * any, and numbers, in steps of three vectors. In one stream each panel's fields lie before its
 * numbers, which lie as they are; or, where fields are to lie apart, those of all sections of the
 * group before its numbers. In three streams fields always do, and behind them come all first
 * vectors of all steps of the group, then all second, then all third ones.
 *
 * <p>Cores read ahead of an instruction that asks for line after line; where it comes upon a gap,
 * which other instructions read, it is as if it began anew. That is measured on Zen 5 at 512 bits:
 * fields of a panel's section that make 12 or 15 lines (Q4_0, Q8_0, Q4_K) are best read as they
 * come, those with rests, 24 to 36 lines, in a stream of their own, which is 1.1 to 1.9 times as
 * fast. Q4_1, whose fields have 24 lines but no rests, and panels of half-bytes were not measured
 * closely enough to tell. In three streams, on Emerald Rapids, numbers without gaps over a whole
 * group are read 1.0 to 1.1 times as fast as streams that begin anew with every section; in
 * matrices of few outputs, whose groups have so few panels that those had 2 to 6 KB, 1.1 to 2 times
 * as fast.
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
  private final boolean fieldsFirst;
  private final long step;
  private final Size whole;
  private final Size last;

  /** Bytes of a section's numbers in each stream. */
  private final int wholeStream;

  private final int lastStream;

  /** Bytes of the fields of all of a panel's sections. */
  private final long panelFields;

  /** Bytes of their numbers in each stream. */
  private final long panelStream;

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
   * @param fieldsApart whether all fields of a group come before its numbers even in one stream
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
    fieldsFirst = fieldsApart || streams == Streams.THREE;
    step = VECTORS / streams.count() * VECTOR;
    this.whole = whole;
    this.last = last;
    wholeStream = streamBytes(whole);
    lastStream = streamBytes(last);
    panelFields = (sections - 1) * whole.fields + last.fields;
    panelStream = (long) (sections - 1) * wholeStream + lastStream;
    int count = groups.panels();
    begin = new long[count];
    panels = new int[count];
    index = new int[count];
    long panelBytes = panelFields + streams.count() * panelStream;
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
    return fieldsFirst
        ? begin[panel] + before * whole.fields + index[panel] * own
        : begin[panel]
            + before * (whole.fields + wholeStream)
            + index[panel] * (own + streamBytes(section));
  }

  /** Where a section's numbers begin, in bytes; in three streams, those of the first. */
  long numbers(int panel, int section) {
    long before = (long) section * panels[panel];
    long own = before * wholeStream + (long) index[panel] * streamBytes(section);
    long fields =
        fieldsFirst
            ? panels[panel] * panelFields
            : before * whole.fields + (index[panel] + 1) * size(section).fields;
    return begin[panel] + fields + own;
  }

  /** Bytes from one vector of a panel's step to the next. */
  long apart(int panel) {
    return streams == Streams.ONE ? VECTOR : panels[panel] * panelStream;
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
