package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Weights of a type with blocks, in panels as {@link PanelLayout} has them. A product of one row
 * takes the numbers as they are packed; a product of many expands them to floats, a vector of
 * outputs at a time.
 */
final class QuantisedPanels extends VectorWeights {

  /** At 128 bits a load of bytes reaches beyond the vector that is made of it. */
  private static final int SPARE_BYTES = 8;

  private final PanelLayout layout;
  private final MemorySegment data;

  private QuantisedPanels(Matrix matrix, PanelLayout layout) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    this.layout = layout;
    data = allocate(panels() * panelBytes() + SPARE_BYTES);
  }

  /** Packs a matrix, with the help of the team. */
  static QuantisedPanels of(Matrix matrix, ThreadTeam team) {
    PanelLayout layout = PanelLayout.of(matrix.dtype());
    QuantisedPanels panels = new QuantisedPanels(matrix, layout);
    PanelPacker[] packers = new PanelPacker[team.size()];
    for (int i = 0; i < packers.length; i++) {
      packers[i] = new PanelPacker(matrix, layout, WIDTH, false);
    }
    team.run(
        panels.panels(),
        (panel, thread) ->
            packers[thread].pack(
                panel * WIDTH, panels.rowsOf(panel), panels.data, panel * panels.panelBytes()));
    return panels;
  }

  private long panelBytes() {
    return (long) layout.rowBytes(columns()) * WIDTH;
  }

  @Override
  void multiplyVector(
      float[] x, int xOffset, int panel, float[] out, int outOffset, MatMulScratch scratch) {
    if (!Lanes.FMA) {
      super.multiplyVector(x, xOffset, panel, out, outOffset, scratch);
      return;
    }
    int parts = columns() / layout.partInputs();
    PartScales scales = scratch.partScales;
    scales.resize(parts, WIDTH);
    readScales(panel, 0, parts, scales);
    if (layout.minimum()) {
      PanelScales.sums(x, xOffset, layout.partInputs(), parts, scales.sums());
      PanelScales.shift(scales.shifts(), scales.sums(), WIDTH, parts, out, outOffset);
    } else {
      Arrays.fill(out, outOffset, outOffset + WIDTH, 0);
    }
    long numbers = panel * panelBytes() + (long) layout.numbersAt(columns()) * WIDTH;
    long rests = panel * panelBytes() + (long) layout.restsAt(columns()) * WIDTH;
    float[] s = scales.scales();
    switch (layout.bits()) {
      case 4 -> {
        if (layout.signed()) {
          FourBitVector.signed(x, xOffset, data, numbers, s, parts, out, outOffset);
        } else {
          FourBitVector.unsigned(x, xOffset, data, numbers, s, parts, out, outOffset);
        }
      }
      case 5 -> {
        if (layout.signed()) {
          FiveBitVector.signed(x, xOffset, data, numbers, rests, s, parts, out, outOffset);
        } else {
          FiveBitVector.unsigned(x, xOffset, data, numbers, rests, s, parts, out, outOffset);
        }
      }
      case 6 -> SixBitVector.signed(x, xOffset, data, numbers, rests, s, parts, out, outOffset);
      default -> EightBitVector.signed(x, xOffset, data, numbers, s, parts, out, outOffset);
    }
  }

  @Override
  void expand(int panel, int k, int count, MatMulScratch scratch, float[] out) {
    int first = k / layout.partInputs();
    int parts = count / layout.partInputs();
    PartScales scales = scratch.partScales;
    scales.resize(parts, WIDTH);
    readScales(panel, first, parts, scales);
    long numbers = panel * panelBytes() + (long) layout.numbersAt(columns()) * WIDTH;
    long rests = panel * panelBytes() + (long) layout.restsAt(columns()) * WIDTH;
    int ints = layout.intsPerPart();
    int inInts = ints * layout.numbersPerInt();
    for (int i = 0; i < parts; i++) {
      int part = first + i;
      int to = i * layout.partInputs() * WIDTH;
      long at = numbers + (long) part * ints * WIDTH * Integer.BYTES;
      expandInts(at, ints, 0, layout.bits(), layout.numbersPerInt(), scales, i, out, to);
      if (layout.rests() > 0) {
        int rest = part * layout.rests();
        long restAt = rests + (long) (rest / Integer.BYTES) * WIDTH * Integer.BYTES;
        int bit = rest % Integer.BYTES * Byte.SIZE;
        int restTo = to + inInts * WIDTH;
        expandInts(restAt, 1, bit, Byte.SIZE, layout.rests(), scales, i, out, restTo);
      }
    }
  }

  private void expandInts(
      long at,
      int ints,
      int bit,
      int bits,
      int numbers,
      PartScales scales,
      int part,
      float[] out,
      int to) {
    float[] s = scales.scales();
    int scale = part * WIDTH;
    if (layout.signed()) {
      PanelNumbers.signed(data, at, ints, bit, bits, numbers, s, scale, out, to);
    } else {
      float[] shifts = scales.shifts();
      PanelNumbers.unsigned(data, at, ints, bit, bits, numbers, s, shifts, scale, out, to);
    }
  }

  private void readScales(int panel, int first, int parts, PartScales to) {
    to.read(data, panel * panelBytes(), WIDTH, layout, columns(), first, parts);
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
