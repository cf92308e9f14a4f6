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

  private NibblePanels(Matrix matrix) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    layout = PanelLayout.of(matrix.dtype());
    centre = layout.centre();
    data = allocate(pairs() * pairBytes());
  }

  /** Packs a matrix, with the help of the team. */
  static NibblePanels of(Matrix matrix, ThreadTeam team) {
    NibblePanels panels = new NibblePanels(matrix);
    PanelPacker[] packers = new PanelPacker[team.size()];
    for (int i = 0; i < packers.length; i++) {
      packers[i] = new PanelPacker(matrix, panels.layout, PANEL, true);
    }
    team.run(
        panels.pairs(),
        (pair, thread) -> {
          int rows = Math.min(PANEL, matrix.rows() - pair * PANEL);
          packers[thread].pack(pair * PANEL, rows, panels.data, pair * panels.pairBytes());
        });
    return panels;
  }

  /** Number of panels; each is a pair of {@link #WIDTH} outputs. */
  int pairs() {
    return Math.ceilDiv(rows(), PANEL);
  }

  private long pairBytes() {
    return (long) layout.rowBytes(columns()) * PANEL;
  }

  private long numbers(int pair) {
    return pair * pairBytes() + (long) layout.numbersAt(columns()) * PANEL;
  }

  /**
   * A row of int8 times a panel.
   *
   * @param out gets {@link #PANEL} sums; those beyond the matrix's rows mean nothing
   */
  void multiply(Int8Input input, int pair, float[] out, int outOffset, PartScales scales) {
    int parts = columns() / layout.partInputs();
    scales.resize(parts, PANEL);
    scales.read(data, pair * pairBytes(), PANEL, layout, columns(), 0, parts);
    if (layout.minimum()) {
      PanelScales.shift(scales.shifts(), input.sums(), PANEL, parts, out, outOffset);
      NibbleVector.unsigned(input, data, numbers(pair), scales.scales(), parts, out, outOffset);
    } else {
      Arrays.fill(out, outOffset, outOffset + PANEL, 0);
      NibbleVector.centred(input, data, numbers(pair), scales.scales(), parts, out, outOffset);
    }
  }

  /**
   * Writes a panel's numbers from input {@code k} on, centred, in lanes of 16 bits, (count × {@link
   * #PANEL}), and its scales.
   *
   * @param count whole blocks
   */
  void expandShorts(int pair, int k, int count, short[] out, PartScales scales) {
    int parts = count / layout.partInputs();
    scales.resize(parts, PANEL);
    int first = k / layout.partInputs();
    scales.read(data, pair * pairBytes(), PANEL, layout, columns(), first, parts);
    long at = numbers(pair) + (long) k / NUMBERS_PER_LANE * PANEL * Short.BYTES;
    NibbleVector.expand(data, at, count, out);
  }

  /** Whether weights have a minimum. */
  boolean minimum() {
    return layout.minimum();
  }

  /** Never asked for: a row is multiplied in whole numbers. */
  @Override
  void multiplyVector(
      float[] x,
      int xOffset,
      float[] sums,
      int panel,
      float[] out,
      int outOffset,
      MatMulScratch scratch) {
    throw new IllegalStateException("NibblePanels: one row goes to multiply, in whole numbers");
  }

  /** A strip is a panel. */
  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int first = k / layout.partInputs();
    int parts = count / layout.partInputs();
    PartScales scales = scratch.partScales;
    scales.resize(parts, PANEL);
    scales.read(data, strip * pairBytes(), PANEL, layout, columns(), first, parts);
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
