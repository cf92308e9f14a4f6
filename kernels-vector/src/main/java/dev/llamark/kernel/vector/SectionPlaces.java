package dev.llamark.kernel.vector;

/**
 * Where the sections of a matrix's panels lie. Groups of panels come one after the other, and
 * within a group the same section of all panels before the next. A section has fields, if there are
 * any, and numbers, in steps of three vectors; {@link Fields} says where its fields lie. In one
 * stream, numbers lie as they are. In three, of each section all panels' first vectors of all their
 * steps come first, then all second, then all third ones.
 */
final class SectionPlaces {

  /**
   * Where fields lie. Cores read ahead of an instruction that asks for line after line: where it
   * comes upon a gap, which other instructions read, it is as if it began anew. Measured on Zen 5:
   * with fields of 12 or 15 lines a panel's section is best read as it lies; with rests, which make
   * 20 to 30, a stream of their own is 1.1 to 1.9 times as fast.
   */
  enum Fields {
    /** Each panel's before its own numbers. */
    BEFORE_PANEL,

    /** Those of all panels before the numbers of the section. */
    BEFORE_SECTION,

    /** Those of all sections before the numbers of the group: a stream of their own. */
    BEFORE_GROUP
  }

  /** Vectors of a step. */
  private static final int VECTORS = 3;

  private static final long VECTOR = Lanes.INTS.vectorByteSize();

  /**
   * What a panel's section needs.
   *
   * @param fields bytes before the numbers, a multiple of {@link VectorWeights#ALIGNMENT}
   * @param steps of the numbers
   */
  record Size(long fields, int steps) {}

  private final int sections;
  private final Streams streams;
  private final Fields place;
  private final long step;
  private final Size whole;
  private final Size last;

  /** Bytes of a section's numbers in each stream. */
  private final int wholeStream;

  private final int lastStream;

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
   * @param place where fields lie; not {@link Fields#BEFORE_PANEL} in three streams
   */
  SectionPlaces(
      PanelGroups groups, int sections, Size whole, Size last, Streams streams, Fields place) {
    this.sections = sections;
    this.streams = streams;
    this.place = place;
    step = VECTORS / streams.count() * VECTOR;
    this.whole = whole;
    this.last = last;
    wholeStream = streamBytes(whole);
    lastStream = streamBytes(last);
    panelFields = (sections - 1) * whole.fields + last.fields;
    int count = groups.panels();
    begin = new long[count];
    panels = new int[count];
    index = new int[count];
    long panelBytes = panelFields + streams.count() * ((sections - 1L) * wholeStream + lastStream);
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
    long fields = size(section).fields;
    long numbers = (long) streams.count() * wholeStream;
    return begin[panel]
        + switch (place) {
          case BEFORE_PANEL ->
              before * (whole.fields + numbers) + index[panel] * (fields + streamBytes(section));
          case BEFORE_SECTION -> before * (whole.fields + numbers) + index[panel] * fields;
          case BEFORE_GROUP -> before * whole.fields + index[panel] * fields;
        };
  }

  /** Where a section's numbers begin, in bytes. */
  long numbers(int panel, int section) {
    long before = (long) section * panels[panel];
    long fields = size(section).fields;
    long numbers = (long) streams.count() * wholeStream;
    long own = (long) index[panel] * streamBytes(section);
    return begin[panel]
        + switch (place) {
          case BEFORE_PANEL ->
              before * (whole.fields + numbers) + (index[panel] + 1) * fields + own;
          case BEFORE_SECTION -> before * (whole.fields + numbers) + panels[panel] * fields + own;
          case BEFORE_GROUP -> panels[panel] * panelFields + before * numbers + own;
        };
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
