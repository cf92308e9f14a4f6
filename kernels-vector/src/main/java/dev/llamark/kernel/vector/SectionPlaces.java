package dev.llamark.kernel.vector;

/**
 * Where the sections of a matrix's panels lie. Groups of panels come one after the other, and
 * within a group the same section of all panels before the next. A section has fields, if there are
 * any, and behind them its numbers, in steps of three vectors. In one stream, the panels' sections
 * lie one after the other, as they are. In three, all panels' fields come first, then all first
 * vectors of all their steps, then all second, then all third ones.
 */
final class SectionPlaces {

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
  private final long step;
  private final Size whole;
  private final Size last;

  /** Bytes of a section's numbers in each stream. */
  private final int wholeStream;

  private final int lastStream;

  /** Of each of a panel's sections but the last. */
  private final long wholeBytes;

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
   */
  SectionPlaces(PanelGroups groups, int sections, Size whole, Size last, Streams streams) {
    this.sections = sections;
    this.streams = streams;
    step = VECTORS / streams.count() * VECTOR;
    this.whole = whole;
    this.last = last;
    wholeStream = streamBytes(whole);
    lastStream = streamBytes(last);
    wholeBytes = whole.fields + (long) streams.count() * wholeStream;
    int count = groups.panels();
    begin = new long[count];
    panels = new int[count];
    index = new int[count];
    long panelBytes =
        (sections - 1) * wholeBytes + last.fields + (long) streams.count() * lastStream;
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

  /** Where a section of a panel's group begins. */
  private long begin(int panel, int section) {
    return begin[panel] + section * panels[panel] * wholeBytes;
  }

  /** Where a section's fields begin, in bytes. */
  long fields(int panel, int section) {
    long fields = size(section).fields;
    long apart = streams == Streams.ONE ? fields + streamBytes(section) : fields;
    return begin(panel, section) + index[panel] * apart;
  }

  /** Where a section's numbers begin, in bytes. */
  long numbers(int panel, int section) {
    Size size = size(section);
    return streams == Streams.ONE
        ? fields(panel, section) + size.fields
        : begin(panel, section)
            + panels[panel] * size.fields
            + (long) index[panel] * streamBytes(section);
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
