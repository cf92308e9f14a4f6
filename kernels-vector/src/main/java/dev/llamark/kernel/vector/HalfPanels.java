package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Weights of 16 bits, binary16 or bfloat16, as they are, (panel × input × output). */
final class HalfPanels extends VectorWeights {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int ALIGNMENT = 64;
  private static final int BF16_SHIFT = 16;

  /** Little-endian in the file. */
  private static final ValueLayout.OfShort STORED =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment data;

  private HalfPanels(Matrix matrix) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    data = Arena.ofAuto().allocate(panels() * panelBytes(), ALIGNMENT);
  }

  /** Packs a matrix, with the help of the team. */
  static HalfPanels of(Matrix matrix, ThreadTeam team) {
    HalfPanels panels = new HalfPanels(matrix);
    team.run(panels.panels(), panel -> panels.fill(panel, matrix));
    return panels;
  }

  private void fill(int panel, Matrix matrix) {
    for (int r = 0; r < rowsOf(panel); r++) {
      long from = (panel * WIDTH + r) * matrix.rowBytes();
      long to = panel * panelBytes() + (long) r * Short.BYTES;
      for (int k = 0; k < columns(); k++) {
        short bits = matrix.data().get(STORED, from + (long) k * Short.BYTES);
        data.set(ValueLayout.JAVA_SHORT, to + (long) k * WIDTH * Short.BYTES, bits);
      }
    }
  }

  private long panelBytes() {
    return (long) columns() * WIDTH * Short.BYTES;
  }

  @Override
  void expand(int panel, int k, int count, MatMulScratch scratch, float[] out) {
    long from = panel * panelBytes() + (long) k * WIDTH * Short.BYTES;
    if (dtype() == DType.BF16) {
      expandBf16(data, from, count * WIDTH, out);
    } else {
      expandF16(data, from, count * WIDTH, out);
    }
  }

  private static void expandF16(MemorySegment data, long from, int count, float[] out) {
    for (int i = 0; i < count; i += N) {
      ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, from + 2L * i, ORDER);
      Lanes.fromHalf((IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0))
          .intoArray(out, i);
    }
  }

  private static void expandBf16(MemorySegment data, long from, int count, float[] out) {
    for (int i = 0; i < count; i += N) {
      ShortVector bits = ShortVector.fromMemorySegment(Lanes.SHORTS, data, from + 2L * i, ORDER);
      IntVector wide = (IntVector) bits.convertShape(VectorOperators.S2I, Lanes.INTS, 0);
      FloatVector floats = wide.lanewise(VectorOperators.LSHL, BF16_SHIFT).reinterpretAsFloats();
      floats.intoArray(out, i);
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
