package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weights of four bits for products in lanes of 16 bits: the fields are those of {@link
 * PanelLayout}, but a panel is twice as wide, and a lane holds four consecutive numbers of one
 * output, the first lowest, not centred. {@link PanelPacker} says which lane is which output's.
 */
final class NibblePanels extends VectorWeights {

  /** Outputs in a panel: three vectors of shorts, or a strip of floats. */
  static final int PANEL = 2 * WIDTH;

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final int NUMBERS_PER_LANE = Short.SIZE / 4;

  private final PanelLayout layout;
  private final int centre;
  private final MemorySegment data;

  /** Whether no scale or minimum is infinite or NaN. */
  private boolean finite = true;

  private NibblePanels(Matrix matrix) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    layout = PanelLayout.of(matrix.dtype());
    centre = layout.centre();
    data = allocate(panels() * panelBytes());
  }

  /** Packs a matrix, with the help of the team. */
  static NibblePanels of(Matrix matrix, ThreadTeam team) {
    NibblePanels panels = new NibblePanels(matrix);
    PanelPacker[] packers = new PanelPacker[team.size()];
    for (int i = 0; i < packers.length; i++) {
      packers[i] = new PanelPacker(matrix, panels.layout, PANEL, true);
    }
    team.run(
        panels.panels(),
        (panel, thread) -> {
          int rows = panels.rowsOf(panel);
          packers[thread].pack(panel * PANEL, rows, panels.data, panel * panels.panelBytes());
        });
    for (PanelPacker packer : packers) {
      panels.finite &= packer.finite();
    }
    return panels;
  }

  private long panelBytes() {
    return (long) layout.rowBytes(columns()) * PANEL;
  }

  private long numbers(int panel) {
    return panel * panelBytes() + (long) layout.numbersAt(columns()) * PANEL;
  }

  @Override
  int width() {
    return PANEL;
  }

  @Override
  int int8Bits() {
    return layout.bits();
  }

  /** The row must be quantised. */
  @Override
  void multiplyVector(RowInput row, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    Int8Input input = row.int8();
    PartScales scales = scratch.partScales;
    long from = panel * panelBytes();
    scales.read(data, from, PANEL, layout, finite, columns(), input.sums(), out, outOffset);
    int parts = columns() / layout.partInputs();
    if (layout.minimum()) {
      NibbleVector.unsigned(input, data, numbers(panel), scales.scales(), parts, out, outOffset);
    } else {
      NibbleVector.centred(input, data, numbers(panel), scales.scales(), parts, out, outOffset);
    }
  }

  /**
   * Writes a panel's numbers from input {@code k} on, centred, in lanes of 16 bits, (count × {@link
   * #PANEL}), and its scales.
   *
   * @param count whole blocks
   */
  void expandShorts(int panel, int k, int count, short[] out, PartScales scales) {
    int parts = count / layout.partInputs();
    scales.resize(parts, PANEL);
    int first = k / layout.partInputs();
    scales.read(data, panel * panelBytes(), PANEL, layout, finite, columns(), first, parts);
    long at = numbers(panel) + (long) k / NUMBERS_PER_LANE * PANEL * Short.BYTES;
    NibbleVector.expand(data, at, count, out);
  }

  /** Whether weights have a minimum. */
  boolean minimum() {
    return layout.minimum();
  }

  /** A strip is a panel. */
  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int first = k / layout.partInputs();
    int parts = count / layout.partInputs();
    PartScales scales = scratch.partScales;
    scales.resize(parts, PANEL);
    scales.read(data, strip * panelBytes(), PANEL, layout, finite, columns(), first, parts);
    if (!layout.minimum()) { // zeros: a vector chosen by a condition would reach the heap
      Arrays.fill(scales.shifts(), 0, parts * PANEL, 0);
    }
    long from = numbers(strip) + (long) k / NUMBERS_PER_LANE * PANEL * Short.BYTES;
    for (int v = 0; v < PANEL; v += N) {
      // an int has lanes of two outputs, a vector of floats apart
      long at = from + (long) v / (2 * N) * N * Integer.BYTES;
      int bit = v / N % 2 * Short.SIZE;
      long to = TileShape.offset(v, count);
      expand(at, bit, parts, scales, v, scratch.expandedStrip, to);
    }
    scratch.placeExpandedStrip(count);
  }

  /** Writes the floats of a vector of outputs, from output {@code v} of the panel on. */
  private void expand(
      long from, int bit, int parts, PartScales scales, int v, MemorySegment out, long to) {
    int lanes = layout.partInputs() / NUMBERS_PER_LANE;
    long at = from;
    long index = to;
    for (int part = 0; part < parts; part++) {
      FloatVector factor = FloatVector.fromArray(S, scales.scales(), part * PANEL + v);
      FloatVector shift = FloatVector.fromArray(S, scales.shifts(), part * PANEL + v);
      for (int i = 0; i < lanes; i++, at += (long) PANEL * Short.BYTES) {
        IntVector word = IntVector.fromMemorySegment(Lanes.INTS, data, at, ORDER);
        for (int j = 0; j < NUMBERS_PER_LANE; j++, index += TileShape.ROW) {
          IntVector number = word.lanewise(VectorOperators.LSHR, bit + 4 * j).and(0xF).sub(centre);
          FloatVector q = (FloatVector) number.convert(VectorOperators.I2F, 0);
          q.fma(factor, shift).intoMemorySegment(out, index, ORDER);
        }
      }
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
