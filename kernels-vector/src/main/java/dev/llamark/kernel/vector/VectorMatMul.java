package dev.llamark.kernel.vector;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;

/**
 * The linear layer over weights in {@link Panels}. One row streams the panels once ({@link
 * PanelVector}); several are cut into blocks of inputs and tiles of registers (Goto &amp; van de
 * Geijn, <em>Anatomy of High-Performance Matrix Multiplication</em>, 2008): a panel's share of a
 * block stays in the first-level cache while all tiles of rows go over it.
 */
final class VectorMatMul implements MatMul {

  private static final int WIDTH = Panels.WIDTH;
  private static final boolean WIDE = Panels.VECTORS == 4;

  /** Heights of the register tiles. */
  private static final int TALL = 6;

  private static final int LOW = 4;

  /** Panels of a part: their outputs are whole cache lines at every width. */
  private static final int PANELS_PER_PART = 4;

  private final ThreadTeam team;
  private final InputBlocks input = new InputBlocks();
  private final float[][] edges;
  private final ThreadTeam.ThreadRegion vectorRegion = this::vectorPart;
  private final ThreadTeam.ThreadRegion matrixRegion = this::matrixPart;
  private float[] x;
  private int xOffset;
  private int rows;
  private Panels weights;
  private float[] out;
  private int outOffset;

  VectorMatMul(ThreadTeam team) {
    this.team = team;
    edges = new float[team.size()][TALL * WIDTH];
  }

  @Override
  public boolean supports(DType dtype) {
    return dtype == DType.F32;
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return Panels.of(weights, team);
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    this.x = x;
    this.xOffset = xOffset;
    this.rows = rows;
    this.weights = (Panels) weights;
    this.out = out;
    this.outOffset = outOffset;
    int parts = Math.ceilDiv(this.weights.count(), PANELS_PER_PART);
    if (rows > 1 && Lanes.FMA) {
      packInput();
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

  private void packInput() {
    int columns = weights.columns();
    input.resize(rows, columns);
    for (int row = 0; row < rows; row++) {
      input.copyRow(x, xOffset + row * columns, columns, row);
    }
    input.clearSpareRows(columns);
  }

  private void vectorPart(int part, int thread) {
    int end = Math.min(weights.count(), (part + 1) * PANELS_PER_PART);
    for (int panel = part * PANELS_PER_PART; panel < end; panel++) {
      int outputs = Math.min(WIDTH, weights.rows() - panel * WIDTH);
      int to = outOffset + panel * WIDTH;
      if (outputs == WIDTH) {
        multiplyVector(panel, out, to);
      } else {
        multiplyVector(panel, edges[thread], 0);
        System.arraycopy(edges[thread], 0, out, to, outputs);
      }
    }
  }

  private void multiplyVector(int panel, float[] result, int to) {
    long from = panel * weights.panelBytes();
    if (WIDE) {
      PanelVector.multiplyFour(x, xOffset, weights.data(), from, weights.columns(), result, to);
    } else {
      PanelVector.multiplyTwo(x, xOffset, weights.data(), from, weights.columns(), result, to);
    }
  }

  private void matrixPart(int part, int thread) {
    int first = part * PANELS_PER_PART;
    int end = Math.min(weights.count(), first + PANELS_PER_PART);
    int blocks = Math.ceilDiv(weights.columns(), InputBlocks.DEPTH);
    clear(first * WIDTH, Math.min(weights.rows(), end * WIDTH));
    for (int block = 0; block < blocks; block++) {
      for (int panel = first; panel < end; panel++) {
        multiplyPanel(block, panel, edges[thread]);
      }
    }
  }

  /** Tiles add to what is there: outputs {@code from … end - 1} of every row begin at 0. */
  private void clear(int from, int end) {
    for (int row = 0; row < rows; row++) {
      int to = outOffset + row * weights.rows();
      Arrays.fill(out, to + from, to + end, 0);
    }
  }

  /** All rows of one block of inputs times a panel's share of that block. */
  private void multiplyPanel(int block, int panel, float[] edge) {
    int k = block * InputBlocks.DEPTH;
    int count = Math.min(InputBlocks.DEPTH, weights.columns() - k);
    long from = panel * weights.panelBytes() + (long) k * WIDTH * Float.BYTES;
    int outputs = Math.min(WIDTH, weights.rows() - panel * WIDTH);
    for (int row = 0; row < rows; ) {
      int height = height(rows - row);
      int to = outOffset + row * weights.rows() + panel * WIDTH;
      int valid = Math.min(height, rows - row);
      if (outputs == WIDTH && valid == height) {
        tile(height, input.offset(block, row), from, count, out, to, weights.rows());
      } else {
        Arrays.fill(edge, 0);
        tile(height, input.offset(block, row), from, count, edge, 0, WIDTH);
        addEdge(edge, valid, outputs, to);
      }
      row += height;
    }
  }

  /** Height of the next tile: as few tiles as possible, and rows to spare only when unavoidable. */
  private static int height(int rowsLeft) {
    return rowsLeft <= LOW || rowsLeft == 2 * LOW || rowsLeft == TALL + 1 ? LOW : TALL;
  }

  private void tile(int height, int xFrom, long wFrom, int count, float[] to, int at, int stride) {
    if (WIDE && height == TALL) {
      WidePanelTile.multiply6(input.data(), xFrom, weights.data(), wFrom, count, to, at, stride);
    } else if (WIDE) {
      WidePanelTile.multiply4(input.data(), xFrom, weights.data(), wFrom, count, to, at, stride);
    } else if (height == TALL) {
      PanelTile.multiply6(input.data(), xFrom, weights.data(), wFrom, count, to, at, stride);
    } else {
      PanelTile.multiply4(input.data(), xFrom, weights.data(), wFrom, count, to, at, stride);
    }
  }

  /** The part of a tile that lies within the result. */
  private void addEdge(float[] edge, int height, int outputs, int to) {
    for (int row = 0; row < height; row++) {
      for (int n = 0; n < outputs; n++) {
        out[to + row * weights.rows() + n] += edge[row * WIDTH + n];
      }
    }
  }
}
