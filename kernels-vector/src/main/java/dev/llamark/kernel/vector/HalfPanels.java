package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weights of 16 bits, binary16 or bfloat16, as they are, (panel × input pair × output × 2). Where
 * the number of inputs is odd, the last pair ends with a zero.
 */
final class HalfPanels extends VectorWeights {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
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
      float[] x, int xOffset, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    long from = panel * panelBytes();
    if (!Lanes.FMA || columns() % 2 != 0 || special.get()) {
      super.multiplyVector(x, xOffset, panel, out, outOffset, scratch);
    } else if (dtype() == DType.BF16) {
      HalfVector.bf16(x, xOffset, data, from, pairs(), out, outOffset);
    } else {
      HalfVector.f16(x, xOffset, data, from, pairs(), out, outOffset);
    }
  }

  @Override
  void expand(int panel, int k, int count, MatMulScratch scratch, float[] out) {
    long from = panel * panelBytes() + (long) k / 2 * WIDTH * Integer.BYTES;
    int whole = count / 2;
    if (dtype() == DType.BF16) {
      expandBf16(data, from, whole, out);
    } else {
      expandF16(data, from, whole, out);
    }
    if (count % 2 != 0) {
      long last = from + (long) whole * WIDTH * Integer.BYTES;
      expandLower(last, out, 2 * whole * WIDTH);
    }
  }

  private static void expandF16(MemorySegment data, long from, int pairs, float[] out) {
    for (int i = 0; i < pairs; i++) {
      for (int v = 0; v < WIDTH; v += N) {
        long at = from + ((long) i * WIDTH + v) * Integer.BYTES;
        IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
        IntVector lower =
            pair.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
        IntVector upper = pair.lanewise(VectorOperators.ASHR, 16);
        Lanes.fromHalf(lower).intoArray(out, 2 * i * WIDTH + v);
        Lanes.fromHalf(upper).intoArray(out, (2 * i + 1) * WIDTH + v);
      }
    }
  }

  private static void expandBf16(MemorySegment data, long from, int pairs, float[] out) {
    for (int i = 0; i < pairs; i++) {
      for (int v = 0; v < WIDTH; v += N) {
        long at = from + ((long) i * WIDTH + v) * Integer.BYTES;
        IntVector pair = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
        FloatVector lower = pair.lanewise(VectorOperators.LSHL, BF16_SHIFT).reinterpretAsFloats();
        FloatVector upper = pair.and(0xFFFF_0000).reinterpretAsFloats();
        lower.intoArray(out, 2 * i * WIDTH + v);
        upper.intoArray(out, (2 * i + 1) * WIDTH + v);
      }
    }
  }

  /** The first input of the pair at {@code at}. */
  private void expandLower(long at, float[] out, int to) {
    for (int r = 0; r < WIDTH; r++) {
      short bits = (short) data.get(ValueLayout.JAVA_INT, at + (long) r * Integer.BYTES);
      out[to + r] =
          dtype() == DType.BF16
              ? Float.intBitsToFloat(bits << BF16_SHIFT)
              : Float.float16ToFloat(bits);
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
