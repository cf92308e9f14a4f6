package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * Weights of a type with blocks, in panels as {@link PanelLayout} has them. A product of one row
 * takes the numbers as they are packed; a product of many expands them to floats, in the order in
 * which they lie.
 */
final class QuantisedPanels extends VectorWeights {

  private static final int N = Lanes.COUNT;
  private static final int PANELS_PER_STRIP = TileShape.STRIP / WIDTH;

  private final PanelMemory memory;
  private final PanelLayout layout;
  private final SectionPlaces places;

  private QuantisedPanels(Matrix matrix, PanelMemory memory) {
    super(matrix, WIDTH, memory.groups());
    this.memory = memory;
    layout = memory.layout();
    places = memory.places();
  }

  /** Packs a matrix, with the help of the team. */
  static QuantisedPanels of(Matrix matrix, Streams streams, ThreadTeam team) {
    return new QuantisedPanels(matrix, PanelMemory.of(matrix, WIDTH, false, streams, team));
  }

  @Override
  int sections() {
    return memory.sections();
  }

  @Override
  void multiplySection(
      RowInput input, int panel, int section, float[] out, int outOffset, MatMulScratch scratch) {
    PartScales scales = scratch.partScales;
    scales.readAndAddMinima(memory, panel, section, input.sums(), out, outOffset);
    if (input.quantised() && int8Bits() > 0) {
      multiplyInt8(input.int8(), panel, section, scales.scales(), out, outOffset);
    } else {
      multiplyFloats(input, panel, section, scales.scales(), out, outOffset);
    }
  }

  private void multiplyInt8(
      Int8Input input, int panel, int section, float[] scales, float[] out, int outOffset) {
    MemorySegment data = memory.data();
    long at = places.numbers(panel, section);
    long apart = places.apart(panel);
    long step = places.step();
    long rests = rests(panel, section);
    int first = memory.firstPart(section);
    int parts = memory.section(section).parts();
    if (layout.bits() == Byte.SIZE) {
      Int8ByteVector.multiply(input, first, data, at, apart, step, scales, parts, out, outOffset);
    } else {
      Int8SixBitVector.multiply(
          input, first, data, at, apart, step, rests, scales, parts, out, outOffset);
    }
  }

  private void multiplyFloats(
      RowInput input, int panel, int section, float[] scales, float[] out, int outOffset) {
    MemorySegment data = memory.data();
    float[] x = input.x();
    int from = input.offset() + section * PanelLayout.SECTION;
    long at = places.numbers(panel, section);
    long apart = places.apart(panel);
    long step = places.step();
    long rests = rests(panel, section);
    int parts = memory.section(section).parts();
    int centre = layout.centre();
    switch (layout.bits()) {
      case 4 ->
          FourBitVector.multiply(
              x, from, data, at, apart, step, scales, parts, centre, out, outOffset);
      case 5 ->
          FiveBitVector.multiply(
              x, from, data, at, apart, step, rests, scales, parts, centre, out, outOffset);
      case 6 ->
          SixBitVector.multiply(
              x, from, data, at, apart, step, rests, scales, parts, centre, out, outOffset);
      default ->
          EightBitVector.multiply(
              x, from, data, at, apart, step, scales, parts, centre, out, outOffset);
    }
  }

  /** Where the rests of a section's parts begin, in bytes, if there are any. */
  private long rests(int panel, int section) {
    return places.fields(panel, section) + memory.section(section).rests();
  }

  /** Five bits would need factors of their own, four are for {@link NibblePanels}. */
  @Override
  int int8Bits() {
    return layout.bits() == 6 || layout.bits() == Byte.SIZE ? layout.bits() : 0;
  }

  @Override
  int summedInputs() {
    return layout.minimum() ? layout.partInputs() : 0;
  }

  @Override
  void makeStrip(int strip, int k, int count, MatMulScratch scratch) {
    int first = strip * PANELS_PER_STRIP;
    int end = Math.min(panels(), first + PANELS_PER_STRIP);
    for (int panel = first; panel < end; panel++) {
      expand(panel, k, count, scratch, (panel - first) * WIDTH);
    }
    scratch.placeExpandedStrip(count);
  }

  /**
   * Writes a panel's floats into its strip, (tile × count × {@link TileShape#WIDTH}).
   *
   * @param output the panel's first output in the strip
   */
  private void expand(int panel, int k, int count, MatMulScratch scratch, int output) {
    PartScales scales = scratch.partScales;
    scales.resize(memory.section(0).parts(), WIDTH);
    for (int done = 0; done < count; done += PanelLayout.SECTION) {
      int section = (k + done) / PanelLayout.SECTION;
      scales.readAll(memory, panel, section, 0);
      long to = done * TileShape.ROW;
      PanelNumbers.expand(
          memory.data(),
          places.numbers(panel, section),
          places.apart(panel),
          places.step(),
          rests(panel, section),
          layout,
          memory.section(section).parts(),
          scales,
          scratch.expandedStrip,
          TileShape.offset(output, count) + to,
          TileShape.offset(output + N, count) + to,
          TileShape.offset(output + 2 * N, count) + to);
    }
  }

  @Override
  public long bytes() {
    return memory.data().byteSize();
  }
}
