package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights of a type with blocks, in panels as {@link PanelLayout} has them: as large as in the
 * file, and decoded a vector of outputs at a time.
 */
final class QuantisedPanels extends VectorWeights {

  private static final int ALIGNMENT = 64;

  /** At 128 bits a load of bytes reaches beyond the vector that is made of it. */
  private static final int SPARE_BYTES = 8;

  private final PanelLayout layout;
  private final long blockBytes;
  private final MemorySegment data;

  private QuantisedPanels(Matrix matrix, PanelLayout layout) {
    super(matrix.dtype(), matrix.rows(), matrix.columns());
    this.layout = layout;
    blockBytes = (long) layout.blockBytes() * WIDTH;
    data = Arena.ofAuto().allocate(panels() * panelBytes() + SPARE_BYTES, ALIGNMENT);
  }

  /** Packs a matrix, with the help of the team. */
  static QuantisedPanels of(Matrix matrix, ThreadTeam team) {
    PanelLayout layout = PanelLayout.of(matrix.dtype());
    QuantisedPanels panels = new QuantisedPanels(matrix, layout);
    PanelPacker packer = new PanelPacker(matrix.dtype(), layout, WIDTH);
    team.run(panels.panels(), panel -> panels.fill(panel, matrix, packer));
    return panels;
  }

  private void fill(int panel, Matrix matrix, PanelPacker packer) {
    int blocks = columns() / layout.blockInputs();
    for (int r = 0; r < rowsOf(panel); r++) {
      long from = (panel * WIDTH + r) * matrix.rowBytes();
      long to = panel * panelBytes();
      for (int block = 0; block < blocks; block++) {
        packer.pack(matrix.data(), from, data, to, r);
        from += dtype().blockBytes();
        to += blockBytes;
      }
    }
  }

  private long panelBytes() {
    return columns() / layout.blockInputs() * blockBytes;
  }

  @Override
  void expand(int panel, int k, int count, MatMulScratch scratch, float[] out) {
    long at = panel * panelBytes() + k / layout.blockInputs() * blockBytes;
    for (int i = 0; i < count; i += layout.blockInputs(), at += blockBytes) {
      expandBlock(at, i, scratch.scales, out);
    }
  }

  private void expandBlock(long block, int k, float[] scales, float[] out) {
    PanelScales.head(data, block, layout.minimum(), layout.partScales(), layout.centre(), scales);
    long part = block + (long) layout.headBytes() * WIDTH;
    int end = k + layout.blockInputs();
    for (int i = k; i < end; i += layout.partInputs(), part += (long) layout.partBytes() * WIDTH) {
      if (layout.partScales()) {
        PanelScales.part(data, part, layout.minimum(), layout.centre(), scales);
      }
      long upper = part + (long) layout.partScaleBytes() * WIDTH;
      long numbers = upper + (long) layout.upperBytes() * WIDTH;
      int to = i * WIDTH;
      if (layout.bytes()) {
        PanelNumbers.bytes(data, numbers, layout.partInputs(), scales, out, to);
      } else if (layout.upperBits() == 0) {
        PanelNumbers.nibbles(data, numbers, layout.partInputs() / 2, scales, out, to);
      } else {
        PanelNumbers.nibblesAndUpperBits(
            data, numbers, upper, layout.upperBits(), layout.partInputs() / 2, scales, out, to);
      }
    }
  }

  @Override
  public long bytes() {
    return data.byteSize();
  }
}
