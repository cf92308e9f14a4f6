package dev.llamark.kernel.vector;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;

/**
 * The linear layer over weights in panels ({@link VectorWeights}). One row streams the panels once;
 * several are cut into blocks of inputs and tiles of registers (Goto &amp; van de Geijn,
 * <em>Anatomy of High-Performance Matrix Multiplication</em>, 2008): a panel's share of a block
 * stays in the first-level cache while all tiles of rows go over it.
 */
final class VectorMatMul implements MatMul {

  private static final int WIDTH = VectorWeights.WIDTH;

  /** Rows of a full tile: what the vector registers hold. */
  private static final int HEIGHT = TileHeight.FULL;

  /** Panels of a part: their outputs are whole cache lines at every width. */
  private static final int PANELS_PER_PART = 4;

  /** Tiles of input that a part brings into their order, at most. */
  private static final int TILES_PER_PART = 4;

  private final ThreadTeam team;
  private final InputTiles input = new InputTiles();
  private final MatMulScratch[] scratch;
  private final ThreadTeam.ThreadRegion vectorRegion = this::vectorPart;
  private final ThreadTeam.Region inputRegion = this::inputPart;
  private final ThreadTeam.ThreadRegion matrixRegion = this::matrixPart;
  private float[] x;
  private int xOffset;
  private int rows;
  private VectorWeights weights;
  private float[] out;
  private int outOffset;

  VectorMatMul(ThreadTeam team) {
    this.team = team;
    scratch = new MatMulScratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new MatMulScratch();
    }
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return switch (weights.dtype()) {
      case F32 -> FloatPanels.of(weights, team);
      case F16, BF16 -> HalfPanels.of(weights, team);
      case Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K -> QuantisedPanels.of(weights, team);
    };
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    this.x = x;
    this.xOffset = xOffset;
    this.rows = rows;
    this.weights = (VectorWeights) weights;
    this.out = out;
    this.outOffset = outOffset;
    int parts = Math.ceilDiv(this.weights.panels(), PANELS_PER_PART);
    if (rows > 1 && Lanes.FMA) {
      input.resize(TileHeight.padded(rows), weights.columns());
      team.run(Math.ceilDiv(rows, HEIGHT * TILES_PER_PART), inputRegion);
      team.run(parts, matrixRegion);
    } else {
      multiplyRowByRow(parts);
    }
  }

  /** One row; or all of them where the tiles' FMA would be emulated. */
  private void multiplyRowByRow(int parts) {
    for (int row = 0; row < rows; row++) {
      team.run(parts, vectorRegion);
      xOffset += weights.columns();
      outOffset += weights.rows();
    }
  }

  private void inputPart(int part) {
    int row = part * HEIGHT * TILES_PER_PART;
    int end = Math.min(rows, row + HEIGHT * TILES_PER_PART);
    while (row < end) {
      int height = TileHeight.of(rows - row);
      int columns = weights.columns();
      input.copyTile(x, xOffset + row * columns, Math.min(height, rows - row), row, height);
      row += height;
    }
  }

  private void vectorPart(int part, int thread) {
    int end = Math.min(weights.panels(), (part + 1) * PANELS_PER_PART);
    for (int panel = part * PANELS_PER_PART; panel < end; panel++) {
      int to = outOffset + panel * WIDTH;
      if (weights.rowsOf(panel) == WIDTH) {
        weights.multiplyVector(x, xOffset, panel, out, to, scratch[thread]);
      } else {
        float[] edge = scratch[thread].edge;
        weights.multiplyVector(x, xOffset, panel, edge, 0, scratch[thread]);
        System.arraycopy(edge, 0, out, to, weights.rowsOf(panel));
      }
    }
  }

  private void matrixPart(int part, int thread) {
    int first = part * PANELS_PER_PART;
    int end = Math.min(weights.panels(), first + PANELS_PER_PART);
    int blocks = Math.ceilDiv(weights.columns(), InputTiles.DEPTH);
    for (int block = 0; block < blocks; block++) {
      for (int panel = first; panel < end; panel++) {
        multiplyPanel(block, panel, scratch[thread]);
      }
    }
  }

  /** All rows of one block of inputs times a panel's share of that block. */
  private void multiplyPanel(int block, int panel, MatMulScratch scratch) {
    int k = block * InputTiles.DEPTH;
    int count = Math.min(InputTiles.DEPTH, weights.columns() - k);
    float[] w = scratch.expanded;
    weights.expand(panel, k, count, scratch, w);
    int outputs = weights.rowsOf(panel);
    for (int row = 0; row < rows; ) {
      int height = TileHeight.of(rows - row);
      int to = outOffset + row * weights.rows() + panel * WIDTH;
      int valid = Math.min(height, rows - row);
      int xFrom = input.offset(block, row);
      if (outputs == WIDTH && valid == height) {
        tile(height, xFrom, w, count, out, to, weights.rows(), block > 0);
      } else {
        tile(height, xFrom, w, count, scratch.edge, 0, WIDTH, false);
        copyEdge(scratch.edge, valid, outputs, to, block > 0);
      }
      row += height;
    }
  }

  private void tile(
      int height, int xFrom, float[] w, int count, float[] to, int at, int stride, boolean add) {
    float[] x = input.data();
    if (height == 6) {
      TallPanelTile.multiply6(x, xFrom, w, count, to, at, stride, add);
    } else {
      PanelTile.multiply3(x, xFrom, w, count, to, at, stride, add);
    }
  }

  /** The part of a tile that lies within the result. */
  private void copyEdge(float[] edge, int height, int outputs, int to, boolean add) {
    for (int row = 0; row < height; row++) {
      for (int n = 0; n < outputs; n++) {
        int at = to + row * weights.rows() + n;
        float sum = edge[row * WIDTH + n];
        out[at] = add ? out[at] + sum : sum;
      }
    }
  }
}
