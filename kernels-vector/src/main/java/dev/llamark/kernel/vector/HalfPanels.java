package dev.llamark.kernel.vector;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.incubator.vector.IntVector;

/**
 * Weights of 16 bits, binary16 or bfloat16, as they are, (panel × input pair × output × 2). Where
 * the number of inputs is odd, the last pair ends with a zero.
 */
final class HalfPanels extends VectorWeights {

  private static final int N = Lanes.COUNT;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int PANELS_PER_STRIP = TileShape.STRIP / WIDTH;

  /** Bytes of an input pair of a panel. */
  private static final long ROW = (long) WIDTH * Integer.BYTES;

  private static final long VECTOR = (long) N * Integer.BYTES;

  private static final int BF16_SHIFT = 16;

  /** The exponent of binary16's infinities and NaN. */
  private static final int SPECIAL = 0x7C00;

  /** Little-endian in the file. */
  private static final ValueLayout.OfInt STORED_PAIR =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfShort STORED =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment data;

  /** Whether there are infinities or NaN of binary16, which take a longer way. */
  private final AtomicBoolean special = new AtomicBoolean();

  private HalfPanels(Matrix matrix) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    data = allocate(panels() * panelBytes());
  }

  /** Packs a matrix, with the help of the team. */
  static HalfPanels of(Matrix matrix, ThreadTeam team) {
    HalfPanels panels = new HalfPanels(matrix);
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
    MemorySegment.copy(buffer, 0, data, ValueLayout.JAVA_INT, panel * panelBytes(), buffer.length);
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

  private long panelBytes() {
    return (long) pairs() * WIDTH * Integer.BYTES;
  }

  @Override
  void multiplyVector(
      RowInput input, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    float[] x = input.x();
    int xOffset = input.offset();
    long from = panel * panelBytes();
    if (columns() % 2 != 0 || special.get()) {
      multiplyExpanded(x, xOffset, panel, out, outOffset, scratch.expanded);
    } else if (dtype() == DType.BF16) {
      HalfVector.bf16(x, xOffset, data, from, pairs(), out, outOffset);
    } else {
      HalfVector.f16(x, xOffset, data, from, pairs(), out, outOffset);
    }
  }

  private void multiplyExpanded(
      float[] x, int xOffset, int panel, float[] out, int outOffset, MemorySegment expanded) {
    for (int k = 0; k < columns(); k += DEPTH) {
      int count = Math.min(DEPTH, columns() - k);
      expand(panel, k, count, expanded, 0, WIDTH);
      PanelVector.multiply(x, xOffset + k, expanded, count, out, outOffset, k > 0);
    }
  }

  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int first = strip * PANELS_PER_STRIP;
    int end = Math.min(panels(), first + PANELS_PER_STRIP);
    for (int panel = first; panel < end; panel++) {
      expand(panel, k, count, scratch.expandedStrip, (panel - first) * WIDTH, TileShape.WIDTH);
    }
    scratch.placeExpandedStrip(count);
  }

  /**
   * Writes a panel's floats, (tile × count × {@code tileWidth}).
   *
   * @param output the panel's first output among those of all tiles
   */
  private void expand(int panel, int k, int count, MemorySegment out, int output, int tileWidth) {
    long step = (long) tileWidth * Float.BYTES;
    long from = panel * panelBytes() + (long) k / 2 * ROW;
    long toa = vectorAt(output, count, tileWidth);
    long tob = vectorAt(output + N, count, tileWidth);
    long toc = vectorAt(output + 2 * N, count, tileWidth);
    int whole = count / 2;
    if (dtype() == DType.BF16) {
      expandBf16(data, from, whole, out, toa, tob, toc, step);
    } else if (special.get()) {
      expandSpecial(data, from, whole, out, toa, step);
      expandSpecial(data, from + VECTOR, whole, out, tob, step);
      expandSpecial(data, from + 2 * VECTOR, whole, out, toc, step);
    } else {
      expandF16(data, from, whole, out, toa, tob, toc, step);
    }
    if (count % 2 != 0) {
      for (int v = 0; v < WIDTH; v += N) {
        long to = vectorAt(output + v, count, tileWidth) + 2 * whole * step;
        expandLower(from + whole * ROW + (long) v * Integer.BYTES, out, to);
      }
    }
  }

  /** Where the floats of a vector of outputs begin. */
  private static long vectorAt(int output, int count, int tileWidth) {
    int tile = output / tileWidth;
    return ((long) tile * count * tileWidth + output % tileWidth) * Float.BYTES;
  }

  /** Binary16 without infinities and NaN: {@link Lanes#fromHalf} says why the product is right. */
  private static void expandF16(
      MemorySegment data,
      long from,
      int pairs,
      MemorySegment out,
      long toa,
      long tob,
      long toc,
      long step) {
    for (int i = 0; i < pairs; i++) {
      long at = from + i * ROW;
      IntVector wa = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(Lanes.INTS, data, at + VECTOR, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(Lanes.INTS, data, at + 2 * VECTOR, ORDER);
      VarHandle.loadLoadFence();
      long even = 2 * i * step;
      long odd = even + step;
      wa.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toa + even, ORDER);
      wb.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, tob + even, ORDER);
      wc.lanewise(LSHL, 16)
          .lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toc + even, ORDER);
      wa.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toa + odd, ORDER);
      wb.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, tob + odd, ORDER);
      wc.lanewise(ASHR, 3)
          .and(HalfVector.SIGN_AND_MAGNITUDE)
          .reinterpretAsFloats()
          .mul(HalfVector.BIAS)
          .intoMemorySegment(out, toc + odd, ORDER);
    }
  }

  private static void expandSpecial(
      MemorySegment data, long from, int pairs, MemorySegment out, long to, long step) {
    for (int i = 0; i < pairs; i++) {
      IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, data, from + i * ROW, ORDER);
      Lanes.fromHalf(pair.lanewise(LSHL, 16).lanewise(ASHR, 16))
          .intoMemorySegment(out, to + 2 * i * step, ORDER);
      Lanes.fromHalf(pair.lanewise(ASHR, 16))
          .intoMemorySegment(out, to + (2 * i + 1) * step, ORDER);
    }
  }

  private static void expandBf16(
      MemorySegment data,
      long from,
      int pairs,
      MemorySegment out,
      long toa,
      long tob,
      long toc,
      long step) {
    for (int i = 0; i < pairs; i++) {
      long at = from + i * ROW;
      IntVector wa = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
      VarHandle.loadLoadFence();
      IntVector wb = IntVector.fromMemorySegment(Lanes.INTS, data, at + VECTOR, ORDER);
      VarHandle.loadLoadFence();
      IntVector wc = IntVector.fromMemorySegment(Lanes.INTS, data, at + 2 * VECTOR, ORDER);
      VarHandle.loadLoadFence();
      long even = 2 * i * step;
      long odd = even + step;
      wa.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, toa + even, ORDER);
      wb.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, tob + even, ORDER);
      wc.lanewise(LSHL, BF16_SHIFT).reinterpretAsFloats().intoMemorySegment(out, toc + even, ORDER);
      wa.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, toa + odd, ORDER);
      wb.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, tob + odd, ORDER);
      wc.and(HalfVector.UPPER).reinterpretAsFloats().intoMemorySegment(out, toc + odd, ORDER);
    }
  }

  /** The first input of the pair at {@code at}, for a vector of outputs. */
  private void expandLower(long at, MemorySegment out, long to) {
    for (int r = 0; r < N; r++) {
      short bits = (short) data.get(ValueLayout.JAVA_INT, at + (long) r * Integer.BYTES);
      float value =
          dtype() == DType.BF16
              ? Float.intBitsToFloat(bits << BF16_SHIFT)
              : Float.float16ToFloat(bits);
      out.set(ValueLayout.JAVA_FLOAT, to + (long) r * Float.BYTES, value);
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
