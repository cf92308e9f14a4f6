package dev.llamark.kernel.vector;

import dev.llamark.run.ThreadTeam;
import java.util.Arrays;

/**
 * Several rows of int8 times weights of four bits, in whole numbers within a block of inputs. Some
 * inputs of a panel are expanded once; all tiles of rows go over them.
 */
final class Int8Product {

  /** Inputs of a panel that are expanded at once: whole sections of {@link PanelLayout}. */
  private static final int DEPTH = 512;

  /** What one thread needs besides the operands. */
  private static final class Scratch {
    final short[] weights = new short[DEPTH * NibblePanels.PANEL];
    final PartScales scales = new PartScales();
    final short[] sums = new short[Int8Tiles.FULL * NibblePanels.PANEL];
    final float[] tile = new float[Int8Tiles.FULL * NibblePanels.PANEL];
  }

  private final ThreadTeam team;
  private final Int8Tiles input = new Int8Tiles();
  private final Scratch[] scratch;
  private final ThreadTeam.Region inputRegion = this::inputPart;
  private final ThreadTeam.ThreadRegion panelRegion = this::panelPart;
  private float[] x;
  private int xOffset;
  private NibblePanels weights;
  private float[] out;
  private int outOffset;

  Int8Product(ThreadTeam team) {
    this.team = team;
    scratch = new Scratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  /** Quantises the input of the following products. */
  void quantise(float[] x, int xOffset, int rows, int columns) {
    this.x = x;
    this.xOffset = xOffset;
    input.resize(rows, columns);
    team.run(input.tiles(), inputRegion);
  }

  private void inputPart(int tile) {
    input.quantise(x, xOffset, tile);
  }

  /** The quantised input times a matrix. */
  void multiply(NibblePanels weights, float[] out, int outOffset) {
    this.weights = weights;
    this.out = out;
    this.outOffset = outOffset;
    team.run(weights.panels(), panelRegion);
  }

  private void panelPart(int panel, int thread) {
    Scratch own = scratch[thread];
    for (int k = 0; k < weights.columns(); k += DEPTH) {
      int count = Math.min(DEPTH, weights.columns() - k);
      weights.expandShorts(panel, k, count, own.weights, own.scales);
      for (int tile = 0; tile < input.tiles(); tile++) {
        multiplyTile(tile, k, count, own);
        addTile(tile, panel, own.tile, k > 0);
      }
    }
  }

  private void multiplyTile(int tile, int k, int count, Scratch own) {
    int height = input.height(tile);
    Arrays.fill(own.tile, 0);
    for (int b = 0; b < count / Int8Block.SIZE; b++) {
      int block = k / Int8Block.SIZE + b;
      int from = input.offset(tile, block);
      int at = b * Int8Block.SIZE * NibblePanels.PANEL;
      if (height == Int8Tiles.LOW) {
        Int8Tile.multiply4(input.numbers(), from, own.weights, at, own.sums);
      } else {
        Int8Tile.multiply8(input.numbers(), from, own.weights, at, own.sums);
      }
      scale(input.part(tile, block), height, b * NibblePanels.PANEL, own);
    }
  }

  private void scale(int row, int height, int scale, Scratch own) {
    float[] scales = own.scales.scales();
    if (weights.minimum()) {
      Int8Sums.addShifted(
          own.sums,
          height,
          input.scales(),
          input.offsets(),
          input.sums(),
          row,
          scales,
          own.scales.shifts(),
          scale,
          own.tile);
    } else {
      Int8Sums.add(own.sums, height, input.scales(), row, scales, scale, own.tile);
    }
  }

  /** The part of a tile that lies within the result. */
  private void addTile(int tile, int panel, float[] sums, boolean add) {
    int stride = weights.rows();
    int first = panel * NibblePanels.PANEL;
    int outputs = Math.min(NibblePanels.PANEL, stride - first);
    for (int row = 0; row < input.validRows(tile); row++) {
      int at = outOffset + (input.firstRow(tile) + row) * stride + first;
      addRow(sums, row * NibblePanels.PANEL, outputs, out, at, add);
    }
  }

  private static void addRow(float[] sums, int from, int count, float[] out, int at, boolean add) {
    for (int n = 0; n < count; n++) {
      out[at + n] = add ? out[at + n] + sums[from + n] : sums[from + n];
    }
  }
}
