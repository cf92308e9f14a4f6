package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Weights of 16 bits, binary16 or bfloat16, as they are, (input pair × output × 2) in each section
 * of a panel; {@link SectionPlaces} says where those lie. Where the number of inputs is odd, the
 * last pair ends with a zero.
 */
final class HalfPanels extends VectorWeights {

  private static final int N = Lanes.COUNT;
  private static final int PANELS_PER_STRIP = TileShape.STRIP / WIDTH;

  /** Bytes of an input pair of a panel, or of an input's floats. */
  private static final long ROW = (long) WIDTH * Integer.BYTES;

  private static final long VECTOR = (long) N * Integer.BYTES;

  /** The exponent of binary16's infinities and NaN. */
  private static final int SPECIAL = 0x7C00;

  /** Little-endian in the file. */
  private static final ValueLayout.OfInt STORED_PAIR =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfShort STORED =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Inputs of a section, of which the last may have fewer. */
  private static final int SECTION = PanelLayout.SECTION;

  private final SectionPlaces places;
  private final MemorySegment data;

  /** Whether there are infinities or NaN of binary16, which take a longer way. */
  private final AtomicBoolean special = new AtomicBoolean();

  private HalfPanels(Matrix matrix, int threads) {
    super(matrix, WIDTH, PanelGroups.of(matrix.rows(), WIDTH, threads));
    int last = inputs(sections() - 1);
    places = new SectionPlaces(groups(), sections(), bytesOf(SECTION), bytesOf(last));
    data = allocate(places.bytes());
  }

  /** Packs a matrix, with the help of the team. */
  static HalfPanels of(Matrix matrix, ThreadTeam team) {
    HalfPanels panels = new HalfPanels(matrix, team.size());
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
      if (dtype() == DType.F16 && hasSpecial(row)) {
        special.set(true);
      }
    }
    for (int section = 0; section < sections(); section++) {
      int from = section * SECTION / 2 * WIDTH;
      int count = Math.min(SECTION / 2 * WIDTH, buffer.length - from);
      MemorySegment.copy(
          buffer, from, data, ValueLayout.JAVA_INT, places.at(panel, section), count);
    }
  }

  private static void spread(int[] row, int[] buffer, int r) {
    for (int i = 0; i < row.length; i++) {
      buffer[i * WIDTH + r] = row[i];
    }
  }

  private static boolean hasSpecial(int[] row) {
    boolean found = false;
    for (int pair : row) {
      found |= (pair & SPECIAL) == SPECIAL | (pair >>> 16 & SPECIAL) == SPECIAL;
    }
    return found;
  }

  private int pairs() {
    return Math.ceilDiv(columns(), 2);
  }

  /** Inputs of a section. */
  private int inputs(int section) {
    return Math.min(SECTION, columns() - section * SECTION);
  }

  /** Bytes of so many inputs of a panel. */
  private static long bytesOf(int inputs) {
    return Math.ceilDiv(inputs, 2) * ROW;
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
    long from = places.at(panel, section);
    if (count % 2 != 0 || special.get()) {
      expandSection(from, count, scratch.expanded, 0, VECTOR, 2 * VECTOR, ROW);
      PanelVector.multiply(x, k, scratch.expanded, count, out, outOffset);
    } else if (dtype() == DType.BF16) {
      HalfVector.bf16(x, k, data, from, count / 2, out, outOffset);
    } else {
      HalfVector.f16(x, k, data, from, count / 2, out, outOffset);
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
          places.at(panel, section),
          inputs(section),
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
      long from, int count, MemorySegment out, long toa, long tob, long toc, long step) {
    int whole = count / 2;
    if (dtype() == DType.BF16) {
      HalfNumbers.bf16(data, from, whole, out, toa, tob, toc, step);
    } else if (special.get()) {
      HalfNumbers.special(data, from, whole, out, toa, step);
      HalfNumbers.special(data, from + VECTOR, whole, out, tob, step);
      HalfNumbers.special(data, from + 2 * VECTOR, whole, out, toc, step);
    } else {
      HalfNumbers.f16(data, from, whole, out, toa, tob, toc, step);
    }
    if (count % 2 != 0) {
      long at = from + whole * ROW;
      long to = 2 * whole * step;
      expandLower(at, out, toa + to);
      expandLower(at + VECTOR, out, tob + to);
      expandLower(at + 2 * VECTOR, out, toc + to);
    }
  }

  /** The first input of the pair at {@code at}, for a vector of outputs. */
  private void expandLower(long at, MemorySegment out, long to) {
    for (int r = 0; r < N; r++) {
      short bits = (short) data.get(ValueLayout.JAVA_INT, at + (long) r * Integer.BYTES);
      float value =
          dtype() == DType.BF16
              ? Float.intBitsToFloat(bits << HalfNumbers.BF16_SHIFT)
              : Float.float16ToFloat(bits);
      out.set(ValueLayout.JAVA_FLOAT, to + (long) r * Float.BYTES, value);
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
