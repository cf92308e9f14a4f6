package dev.llamark.kernel.vector;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;

/**
 * The linear layer over weights in panels ({@link VectorWeights}). One row streams the panels once;
 * several are cut into blocks of inputs and tiles of registers (Goto &amp; van de Geijn,
 * <em>Anatomy of High-Performance Matrix Multiplication</em>, 2008): a tile of rows stays in the
 * first-level cache while a strip of weights, in the second, goes over it.
 */
final class VectorMatMul implements MatMul {

  /** Panels of a part: their outputs are whole cache lines at every width. */
  private static final int PANELS_PER_PART = 4;

  /** Tiles of rows for which it is worth to expand a strip once more. */
  private static final int TILES_PER_GROUP = 16;

  /** Parts that each thread should find: the last ones even out what came before. */
  private static final int PARTS_PER_THREAD = 8;

  private final ThreadTeam team;
  private final InputTiles input = new InputTiles();
  private final MatMulScratch[] scratch;
  private final ThreadTeam.ThreadRegion vectorRegion = this::vectorPart;
  private final ThreadTeam.Region inputRegion = this::inputPart;
  private final ThreadTeam.ThreadRegion matrixRegion = this::matrixPart;
  private final PackedMatrix[] oneWeights = new PackedMatrix[1];
  private final float[][] oneOut = new float[1][];
  private float[] x;
  private int xOffset;
  private int rows;
  private PackedMatrix[] weights;
  private float[][] outs;
  private int outOffset;

  /** Row of the input that is multiplied, where rows go one by one. */
  private int row;

  /** Tiles of rows that a part goes over. */
  private int tilesPerPart;

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
    oneWeights[0] = weights;
    oneOut[0] = out;
    multiply(x, xOffset, rows, oneWeights, oneOut, outOffset);
  }

  @Override
  public void computeAll(float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs) {
    multiply(x, xOffset, rows, weights, outs, 0);
  }

  private void multiply(
      float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs, int outOffset) {
    this.x = x;
    this.xOffset = xOffset;
    this.rows = rows;
    this.weights = weights;
    this.outs = outs;
    this.outOffset = outOffset;
    if (rows > 1 && Lanes.FMA) {
      multiplyTiles();
    } else {
      for (row = 0; row < rows; row++) {
        team.run(vectorParts(), vectorRegion);
      }
    }
  }

  private void multiplyTiles() {
    input.resize(rows, weights[0].columns());
    team.run(input.tiles(), inputRegion);
    int strips = 0;
    for (PackedMatrix matrix : weights) {
      strips += ((VectorWeights) matrix).strips();
    }
    int groups = Math.ceilDiv(input.tiles(), TILES_PER_GROUP);
    int wanted = Math.ceilDiv(PARTS_PER_THREAD * team.size(), strips);
    tilesPerPart = Math.ceilDiv(groups, Math.min(groups, wanted)) * TILES_PER_GROUP;
    team.run(strips * Math.ceilDiv(input.tiles(), tilesPerPart), matrixRegion);
  }

  private void inputPart(int tile) {
    input.copyTile(x, xOffset, tile);
  }

  private int vectorParts() {
    int parts = 0;
    for (PackedMatrix matrix : weights) {
      parts += Math.ceilDiv(((VectorWeights) matrix).panels(), PANELS_PER_PART);
    }
    return parts;
  }

  private void vectorPart(int part, int thread) {
    int first = part * PANELS_PER_PART;
    for (int i = 0; ; i++) {
      VectorWeights matrix = (VectorWeights) weights[i];
      int panels = Math.ceilDiv(matrix.panels(), PANELS_PER_PART) * PANELS_PER_PART;
      if (first < panels) {
        multiplyVector(matrix, first, outs[i], scratch[thread]);
        return;
      }
      first -= panels;
    }
  }

  private void multiplyVector(VectorWeights matrix, int first, float[] out, MatMulScratch scratch) {
    int xFrom = xOffset + row * matrix.columns();
    int end = Math.min(matrix.panels(), first + PANELS_PER_PART);
    for (int panel = first; panel < end; panel++) {
      int to = outOffset + row * matrix.rows() + panel * matrix.width();
      if (matrix.rowsOf(panel) == matrix.width()) {
        matrix.multiplyVector(x, xFrom, panel, out, to, scratch);
      } else {
        matrix.multiplyVector(x, xFrom, panel, scratch.edge, 0, scratch);
        System.arraycopy(scratch.edge, 0, out, to, matrix.rowsOf(panel));
      }
    }
  }

  private void matrixPart(int part, int thread) {
    int partsPerStrip = Math.ceilDiv(input.tiles(), tilesPerPart);
    int firstTile = part % partsPerStrip * tilesPerPart;
    int endTile = Math.min(input.tiles(), firstTile + tilesPerPart);
    int strip = part / partsPerStrip;
    int i = 0;
    while (strip >= ((VectorWeights) weights[i]).strips()) {
      strip -= ((VectorWeights) weights[i++]).strips();
    }
    VectorWeights matrix = (VectorWeights) weights[i];
    int blocks = Math.ceilDiv(matrix.columns(), InputTiles.DEPTH);
    for (int block = 0; block < blocks; block++) {
      multiplyStrip(matrix, strip, block, firstTile, endTile, outs[i], scratch[thread]);
    }
  }

  /** Some tiles of rows of one block of inputs times a strip's share of that block. */
  private void multiplyStrip(
      VectorWeights matrix,
      int strip,
      int block,
      int firstTile,
      int endTile,
      float[] out,
      MatMulScratch scratch) {
    int k = block * InputTiles.DEPTH;
    int count = Math.min(InputTiles.DEPTH, matrix.columns() - k);
    boolean streams = matrix instanceof FloatPanels && input.height(firstTile) <= StreamTile.ROWS;
    if (!streams) {
      matrix.expandStrip(strip, k, count, scratch);
    }
    int first = strip * TileShape.STRIP;
    int end = Math.min(matrix.rows(), first + TileShape.STRIP);
    for (int tile = firstTile; tile < endTile; tile++) {
      FloatPanels stream = streams && tile == firstTile ? (FloatPanels) matrix : null;
      for (int output = first; output < end; output += TileShape.WIDTH) {
        int wFrom = (output - first) * count;
        multiplyTile(stream, tile, block, count, scratch, wFrom, out, output, matrix.rows());
      }
    }
  }

  /**
   * A tile of rows by a tile's outputs.
   *
   * @param stream weights that are not in the scratch memory yet; null if they are
   */
  private void multiplyTile(
      FloatPanels stream,
      int tile,
      int block,
      int count,
      MatMulScratch scratch,
      int wFrom,
      float[] out,
      int output,
      int stride) {
    int valid = input.validRows(tile);
    int outputs = Math.min(TileShape.WIDTH, stride - output);
    boolean whole = outputs == TileShape.WIDTH && valid == input.height(tile);
    float[] target = whole ? out : scratch.edge;
    int first = outOffset + input.firstRow(tile) * stride + output;
    int to = whole ? first : 0;
    int step = whole ? stride : TileShape.WIDTH;
    boolean add = whole && block > 0;
    if (stream == null) {
      tile(tile, block, scratch.strip, wFrom, count, target, to, step, add);
    } else {
      long from = stream.offset(output / TileShape.WIDTH, block * InputTiles.DEPTH);
      stream(tile, block, stream, from, count, scratch.strip, wFrom, target, to, step, add);
    }
    if (!whole) {
      copyEdge(target, valid, outputs, out, first, stride, block > 0);
    }
  }

  private void tile(
      int tile,
      int block,
      float[] w,
      int wFrom,
      int count,
      float[] to,
      int at,
      int step,
      boolean add) {
    float[] x = input.data();
    int xFrom = input.offset(block, tile);
    switch (input.height(tile)) {
      case 4 -> LowPanelTile.multiply4(x, xFrom, w, wFrom, count, to, at, step, add);
      case 5 -> LowPanelTile.multiply5(x, xFrom, w, wFrom, count, to, at, step, add);
      case 6 -> PanelTile.multiply6(x, xFrom, w, wFrom, count, to, at, step, add);
      default -> TallPanelTile.multiply12(x, xFrom, w, wFrom, count, to, at, step, add);
    }
  }

  private void stream(
      int tile,
      int block,
      FloatPanels stream,
      long from,
      int count,
      float[] w,
      int wTo,
      float[] to,
      int at,
      int step,
      boolean add) {
    float[] x = input.data();
    int xFrom = input.offset(block, tile);
    MemorySegment s = stream.data();
    switch (input.height(tile)) {
      case 4 -> StreamTile.multiply4(x, xFrom, s, from, count, w, wTo, to, at, step, add);
      case 5 -> StreamTile.multiply5(x, xFrom, s, from, count, w, wTo, to, at, step, add);
      default -> StreamTile.multiply6(x, xFrom, s, from, count, w, wTo, to, at, step, add);
    }
  }

  /** The part of a tile that lies within the result. */
  private static void copyEdge(
      float[] edge, int height, int outputs, float[] out, int to, int stride, boolean add) {
    for (int row = 0; row < height; row++) {
      for (int n = 0; n < outputs; n++) {
        int at = to + row * stride + n;
        float sum = edge[row * TileShape.WIDTH + n];
        out[at] = add ? out[at] + sum : sum;
      }
    }
  }
}
