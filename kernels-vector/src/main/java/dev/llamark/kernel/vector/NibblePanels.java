package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
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

  private final PanelMemory memory;
  private final PanelLayout layout;
  private final SectionPlaces places;

  private NibblePanels(Matrix matrix, PanelMemory memory) {
    super(matrix, PANEL, memory.groups());
    this.memory = memory;
    layout = memory.layout();
    places = memory.places();
  }

  /** Packs a matrix, with the help of the team. */
  static NibblePanels of(Matrix matrix, Streams streams, ThreadTeam team) {
    return new NibblePanels(matrix, PanelMemory.of(matrix, PANEL, true, streams, team));
  }

  @Override
  int int8Bits() {
    return layout.bits();
  }

  @Override
  int sections() {
    return memory.sections();
  }

  /** The row must be quantised. */
  @Override
  void multiplySection(
      RowInput row, int panel, int section, float[] out, int outOffset, MatMulScratch scratch) {
    Int8Input input = row.int8();
    PartScales scales = scratch.partScales;
    scales.readAndAddMinima(memory, panel, section, input.sums(), out, outOffset);
    MemorySegment data = memory.data();
    long at = places.numbers(panel, section);
    long apart = places.apart(panel);
    long step = places.step();
    float[] factors = scales.scales();
    int first = memory.firstPart(section);
    int parts = memory.section(section).parts();
    if (layout.minimum()) {
      NibbleVector.unsigned(input, first, data, at, apart, step, factors, parts, out, outOffset);
    } else {
      NibbleVector.centred(input, first, data, at, apart, step, factors, parts, out, outOffset);
    }
  }

  /**
   * Writes a panel's numbers from input {@code k} on, centred, in lanes of 16 bits, (count × {@link
   * #PANEL}), and its scales.
   *
   * @param k where a section begins
   * @param count whole sections or all that is left of a row
   */
  void expandShorts(int panel, int k, int count, short[] out, PartScales scales) {
    scales.resize(count / layout.partInputs(), PANEL);
    for (int done = 0; done < count; done += PanelLayout.SECTION) {
      int section = (k + done) / PanelLayout.SECTION;
      scales.readAll(memory, panel, section, done / layout.partInputs());
      NibbleVector.expand(
          memory.data(),
          places.numbers(panel, section),
          places.apart(panel),
          places.step(),
          memory.section(section).inputs(),
          out,
          done * PANEL);
    }
  }

  /** Whether weights have a minimum. */
  boolean minimum() {
    return layout.minimum();
  }

  /** A strip is a panel. */
  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    PartScales scales = scratch.partScales;
    scales.resize(memory.section(0).parts(), PANEL);
    for (int done = 0; done < count; done += PanelLayout.SECTION) {
      int section = (k + done) / PanelLayout.SECTION;
      scales.readAll(memory, strip, section, 0);
      for (int v = 0; v < PANEL; v += N) {
        // an int has lanes of two outputs, a vector of floats apart
        long at = places.numbers(strip, section) + v / (2 * N) * places.apart(strip);
        int bit = v / N % 2 * Short.SIZE;
        long to = TileShape.offset(v, count) + done * TileShape.ROW;
        expand(at, bit, memory.section(section).parts(), scales, v, scratch.expandedStrip, to);
      }
    }
    scratch.placeExpandedStrip(count);
  }

  /** Writes the floats of a vector of outputs, from output {@code v} of the panel on. */
  private void expand(
      long from, int bit, int parts, PartScales scales, int v, MemorySegment out, long to) {
    MemorySegment data = memory.data();
    int centre = layout.centre();
    int lanes = layout.partInputs() / NUMBERS_PER_LANE;
    long at = from;
    long step = places.step();
    long index = to;
    for (int part = 0; part < parts; part++) {
      FloatVector factor = FloatVector.fromArray(S, scales.scales(), part * PANEL + v);
      FloatVector shift = FloatVector.fromArray(S, scales.shifts(), part * PANEL + v);
      for (int i = 0; i < lanes; i++, at += step) {
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
    return memory.data().byteSize();
  }
}
