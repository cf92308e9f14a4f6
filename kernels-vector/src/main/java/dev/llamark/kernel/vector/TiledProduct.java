package dev.llamark.kernel.vector;

import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import java.lang.foreign.MemorySegment;

/**
 * Several rows of input times weights (Goto &amp; van de Geijn, <em>Anatomy of High-Performance
 * Matrix Multiplication</em>, 2008): block by block of inputs, the rows are brought into tiles,
 * which stay in the last cache while the weights' strips, one after the other in the second, go
 * over them. Floats are multiplied as they are packed; other weights are expanded to floats first.
 */
final class TiledProduct {

  /** Rows that go together: their inputs of a block take a few MiB. */
  private static final int ROWS = 512;

  /** Tiles of rows for which it is worth to expand a strip once more. */
  private static final int TILES_PER_GROUP = 16;

  /** Parts that each thread should find: the last ones even out what came before. */
  private static final int PARTS_PER_THREAD = 8;

  private final ThreadTeam team;
  private final MatMulScratch[] scratch;
  private final InputTiles input = new InputTiles();
  private final ThreadTeam.Region inputRegion = this::inputPart;
  private final ThreadTeam.ThreadRegion matrixRegion = this::matrixPart;
  private float[] x;
  private int xFrom;
  private PackedMatrix[] weights;
  private float[][] outs;
  private int outOffset;

  /** First of the rows that go together now. */
  private int firstRow;

  /** First input of the block. */
  private int k;

  /** Tiles of rows that a part goes over. */
  private int tilesPerPart;

  TiledProduct(ThreadTeam team, MatMulScratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  /** As {@link VectorMatMul#computeAll}, for results that begin at {@code outOffset}. */
  void multiply(
      float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs, int outOffset) {
    this.x = x;
    this.weights = weights;
    this.outs = outs;
    this.outOffset = outOffset;
    int columns = weights[0].columns();
    int strips = 0;
    int depth = columns;
    for (PackedMatrix matrix : weights) {
      VectorWeights vectorWeights = (VectorWeights) matrix;
      strips += vectorWeights.strips();
      depth = Math.min(depth, vectorWeights.depth());
    }
    for (firstRow = 0; firstRow < rows; firstRow += ROWS) {
      xFrom = xOffset + firstRow * columns;
      for (k = 0; k < columns; k += depth) {
        input.resize(Math.min(ROWS, rows - firstRow), Math.min(depth, columns - k));
        team.run(input.tiles(), inputRegion);
        int groups = Math.ceilDiv(input.tiles(), TILES_PER_GROUP);
        int wanted = Math.ceilDiv(PARTS_PER_THREAD * team.size(), strips);
        tilesPerPart = Math.ceilDiv(groups, Math.min(groups, wanted)) * TILES_PER_GROUP;
        team.run(strips * partsPerStrip(), matrixRegion);
      }
    }
    this.x = null; // what was multiplied may go
    this.weights = null;
    this.outs = null;
  }

  private int partsPerStrip() {
    return Math.ceilDiv(input.tiles(), tilesPerPart);
  }

  private void inputPart(int tile) {
    input.copyTile(x, xFrom + k, weights[0].columns(), tile);
  }

  /** Some tiles of rows times a strip. */
  private void matrixPart(int part, int thread) {
    int firstTile = part % partsPerStrip() * tilesPerPart;
    int endTile = Math.min(input.tiles(), firstTile + tilesPerPart);
    int strip = part / partsPerStrip();
    int i = 0;
    while (strip >= ((VectorWeights) weights[i]).strips()) {
      strip -= ((VectorWeights) weights[i++]).strips();
    }
    VectorWeights matrix = (VectorWeights) weights[i];
    matrix.makeStrip(strip, k, input.inputs(), scratch[thread]);
    int first = strip * matrix.stripWidth();
    int end = Math.min(matrix.rows(), first + matrix.stripWidth());
    for (int tile = firstTile; tile < endTile; tile++) {
      for (int output = first; output < end; output += TileShape.WIDTH) {
        long from = scratch[thread].strip.offset((output - first) / TileShape.WIDTH);
        multiplyTile(tile, from, output, matrix.rows(), outs[i], scratch[thread]);
      }
    }
  }

  /**
   * A tile of rows by a tile's outputs.
   *
   * @param from where the tile's weights begin in {@link MatMulScratch#strip}
   * @param output number of the first output of {@code stride}
   */
  private void multiplyTile(
      int tile, long from, int output, int stride, float[] out, MatMulScratch scratch) {
    int valid = input.validRows(tile);
    int outputs = Math.min(TileShape.WIDTH, stride - output);
    boolean whole = outputs == TileShape.WIDTH && valid == input.height(tile);
    float[] target = whole ? out : scratch.edge;
    int first = outOffset + (firstRow + input.firstRow(tile)) * stride + output;
    int to = whole ? first : 0;
    int step = whole ? stride : TileShape.WIDTH;
    boolean add = whole && k > 0;
    float[] tiles = input.data();
    int at = input.offset(tile);
    int count = input.inputs();
    MemorySegment w = scratch.strip.data();
    int height = input.height(tile);
    PanelTile.multiply(height, tiles, at, w, from, count, target, to, step, add);
    if (!whole) {
      copyEdge(target, valid, outputs, out, first, stride, k > 0);
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
