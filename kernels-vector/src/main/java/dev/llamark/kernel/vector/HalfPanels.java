package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Weights of 16 bits, binary16 or bfloat16, in pairs of inputs: (input pair × output × 2) in each
 * section of a panel, where {@link SectionPlaces} says how far apart vectors lie. They are as in
 * the file, but for panels of binary16 that are multiplied by 2^10, exactly, where they can be:
 * then none is subnormal. Where the number of inputs is odd, the last pair ends with a zero.
 */
final class HalfPanels extends VectorWeights {

  private static final int N = Lanes.COUNT;
  private static final int PANELS_PER_STRIP = TileShape.STRIP / WIDTH;

  /** Bytes of an input's floats. */
  private static final long ROW = (long) WIDTH * Float.BYTES;

  private static final long VECTOR = (long) N * Integer.BYTES;

  /** Little-endian in the file. */
  private static final ValueLayout.OfInt STORED_PAIR =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfShort STORED =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Inputs of a section, of which the last may have fewer. */
  private static final int SECTION = PanelLayout.SECTION;

  private final Streams streams;
  private final SectionPlaces places;
  private final MemorySegment data;

  /** Of each panel of binary16: whether there are infinities or NaN, which take a longer way. */
  private final boolean[] special;

  /** Of each panel of binary16: {@link HalfNumbers#RAISED_BIAS} where its numbers were raised. */
  private final float[] biases;

  private HalfPanels(Matrix matrix, Streams streams, int threads) {
    super(matrix, WIDTH, PanelGroups.of(matrix.rows(), WIDTH, threads));
    var whole = new SectionPlaces.Size(0, SECTION / 2);
    var last = new SectionPlaces.Size(0, pairs(sections() - 1));
    places = new SectionPlaces(groups(), sections(), whole, last, streams, false); // no fields
    this.streams = streams;
    special = new boolean[panels()];
    biases = new float[panels()];
    data = allocate(places.bytes());
  }

  /** Packs a matrix, with the help of the team. */
  static HalfPanels of(Matrix matrix, Streams streams, ThreadTeam team) {
    HalfPanels panels = new HalfPanels(matrix, streams, team.size());
    int[][] rows = new int[team.size()][panels.pairs()];
    int[][] buffers = new int[team.size()][panels.pairs() * WIDTH];
    team.run(
        panels.panels(),
        (panel, thread) -> panels.fill(panel, matrix, rows[thread], buffers[thread]));
    return panels;
  }

  private void fill(int panel, Matrix matrix, int[] row, int[] buffer) {
    if (rowsOf(panel) < WIDTH) {
      Arrays.fill(buffer, 0);
    }
    int whole = columns() / 2;
    for (int r = 0; r < rowsOf(panel); r++) {
      long from = (panel * WIDTH + r) * matrix.rowBytes();
      MemorySegment.copy(matrix.data(), STORED_PAIR, from, row, 0, whole);
      if (whole < pairs()) {
        row[whole] = matrix.data().get(STORED, from + 4L * whole) & 0xFFFF;
      }
      spread(row, buffer, r);
    }
    if (dtype() == DType.F16) {
      if (HalfNumbers.tooLargeToRaise(buffer)) {
        special[panel] = HalfNumbers.haveSpecial(buffer);
        biases[panel] = HalfNumbers.BIAS;
      } else {
        HalfNumbers.raise(buffer);
        biases[panel] = HalfNumbers.RAISED_BIAS;
      }
    }
    int lanes = WIDTH / streams.count(); // of a stream's step
    for (int section = 0; section < sections(); section++) {
      for (int stream = 0; stream < streams.count(); stream++) {
        int from = (stream * pairs() + section * SECTION / 2) * lanes;
        long to = places.numbers(panel, section) + stream * places.apart(panel);
        MemorySegment.copy(buffer, from, data, ValueLayout.JAVA_INT, to, pairs(section) * lanes);
      }
    }
  }

  /** Deals an output's pairs out: (stream × pair × output), as they lie in each section. */
  private void spread(int[] row, int[] buffer, int r) {
    int lanes = WIDTH / streams.count();
    int to = r / lanes * pairs() * lanes + r % lanes;
    for (int i = 0; i < row.length; i++, to += lanes) {
      buffer[to] = row[i];
    }
  }

  private int pairs() {
    return Math.ceilDiv(columns(), 2);
  }

  /** Inputs of a section. */
  private int inputs(int section) {
    return Math.min(SECTION, columns() - section * SECTION);
  }

  private int pairs(int section) {
    return Math.ceilDiv(inputs(section), 2);
  }

  @Override
  int sections() {
    return Math.ceilDiv(columns(), SECTION);
  }

  @Override
  void multiplySection(
      RowInput input, int panel, int section, float[] out, int outOffset, MatMulScratch scratch) {
    float[] x = input.x();
    int k = input.offset() + section * SECTION;
    int count = inputs(section);
    long from = places.numbers(panel, section);
    long apart = places.apart(panel);
    long step = places.step();
    if (count % 2 != 0 || special[panel]) {
      expandSection(panel, section, scratch.expanded, 0, VECTOR, 2 * VECTOR, ROW);
      PanelVector.multiply(x, k, scratch.expanded, count, out, outOffset);
    } else if (dtype() == DType.BF16) {
      HalfVector.bf16(x, k, data, from, apart, step, count / 2, out, outOffset);
    } else {
      HalfVector.f16(x, k, data, from, apart, step, count / 2, biases[panel], out, outOffset);
    }
  }

  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int first = strip * PANELS_PER_STRIP;
    int end = Math.min(panels(), first + PANELS_PER_STRIP);
    for (int panel = first; panel < end; panel++) {
      expand(panel, k, count, scratch.expandedStrip, (panel - first) * WIDTH);
    }
    scratch.placeExpandedStrip(count);
  }

  /**
   * Writes a panel's floats into its strip, (tile × count × {@link TileShape#WIDTH}).
   *
   * @param output the panel's first output in the strip
   */
  private void expand(int panel, int k, int count, MemorySegment strip, int output) {
    for (int done = 0; done < count; done += SECTION) {
      int section = (k + done) / SECTION;
      long to = done * TileShape.ROW;
      expandSection(
          panel,
          section,
          strip,
          TileShape.offset(output, count) + to,
          TileShape.offset(output + N, count) + to,
          TileShape.offset(output + 2 * N, count) + to,
          TileShape.ROW);
    }
  }

  /**
   * Writes the floats of a panel's section; the parameters are those of {@link HalfNumbers#f16}.
   */
  private void expandSection(
      int panel, int section, MemorySegment out, long toa, long tob, long toc, long row) {
    long from = places.numbers(panel, section);
    long apart = places.apart(panel);
    long step = places.step();
    int count = inputs(section);
    int whole = count / 2;
    if (dtype() == DType.BF16) {
      HalfNumbers.bf16(data, from, apart, step, whole, out, toa, tob, toc, row);
    } else if (special[panel]) {
      HalfNumbers.special(data, from, step, whole, out, toa, row);
      HalfNumbers.special(data, from + apart, step, whole, out, tob, row);
      HalfNumbers.special(data, from + 2 * apart, step, whole, out, toc, row);
    } else {
      HalfNumbers.f16(data, from, apart, step, whole, biases[panel], out, toa, tob, toc, row);
    }
    if (count % 2 != 0) {
      long at = from + whole * step;
      long to = 2 * whole * row;
      expandLower(panel, at, out, toa + to);
      expandLower(panel, at + apart, out, tob + to);
      expandLower(panel, at + 2 * apart, out, toc + to);
    }
  }

  /** The first input of the pair at {@code at}, for a vector of outputs. */
  private void expandLower(int panel, long at, MemorySegment out, long to) {
    float factor = biases[panel] / HalfNumbers.BIAS;
    for (int r = 0; r < N; r++) {
      short bits = (short) data.get(ValueLayout.JAVA_INT, at + (long) r * Integer.BYTES);
      float value =
          dtype() == DType.BF16
              ? Float.intBitsToFloat(bits << HalfNumbers.BF16_SHIFT)
              : Float.float16ToFloat(bits) * factor;
      out.set(ValueLayout.JAVA_FLOAT, to + (long) r * Float.BYTES, value);
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
