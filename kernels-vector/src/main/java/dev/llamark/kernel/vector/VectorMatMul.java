package dev.llamark.kernel.vector;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;

/**
 * The linear layer over weights in panels ({@link VectorWeights}). One row streams the panels once;
 * several are multiplied in tiles of registers ({@link TiledProduct}).
 */
final class VectorMatMul implements MatMul {

  /** Panels whose outputs are whole cache lines. */
  private static final int LINE_PANELS = Math.max(1, 16 / Lanes.COUNT);

  /** Parts that each thread should find: the last ones even out what came before. */
  private static final int PARTS_PER_THREAD = 8;

  /** Panels of a part, at most: more would save nothing. */
  private static final int MOST_PANELS = 4;

  private final ThreadTeam team;
  private final MatMulScratch[] scratch;
  private final TiledProduct tiled;
  private final ThreadTeam.ThreadRegion vectorRegion = this::vectorPart;
  private final PackedMatrix[] oneWeights = new PackedMatrix[1];
  private final float[][] oneOut = new float[1][];

  private final RowInput ownInput = new RowInput();
  private RowInput input;
  private PackedMatrix[] weights;
  private float[][] outs;
  private int outOffset;
  private int widthsPerPart;

  VectorMatMul(ThreadTeam team) {
    this.team = team;
    scratch = new MatMulScratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new MatMulScratch();
    }
    tiled = new TiledProduct(team, scratch);
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
    oneWeights[0] = null; // what was multiplied may go
    oneOut[0] = null;
  }

  @Override
  public void computeAll(float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs) {
    multiply(x, xOffset, rows, weights, outs, 0);
  }

  /** As {@link #computeAll}, for results that begin at {@code outOffset}. */
  void multiply(
      float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs, int outOffset) {
    if (rows > 1) {
      tiled.multiply(x, xOffset, rows, weights, outs, outOffset);
    } else {
      ownInput.set(x, xOffset, weights);
      multiplyRow(ownInput, weights, outs, outOffset);
    }
  }

  /** One row, which is forgotten then. */
  void multiplyRow(RowInput input, PackedMatrix[] weights, float[][] outs, int outOffset) {
    this.input = input;
    this.weights = weights;
    this.outs = outs;
    this.outOffset = outOffset;
    team.run(vectorParts(), vectorRegion);
    input.clear();
    this.input = null;
    this.weights = null;
    this.outs = null;
  }

  private int vectorParts() {
    int panels = 0;
    for (PackedMatrix matrix : weights) {
      int width = Math.min(VectorWeights.WIDTH, ((VectorWeights) matrix).width());
      panels += Math.ceilDiv(matrix.rows(), width);
    }
    int wanted = panels / (LINE_PANELS * PARTS_PER_THREAD * team.size());
    widthsPerPart = LINE_PANELS * Math.clamp(wanted, 1, MOST_PANELS / LINE_PANELS);
    int parts = 0;
    for (PackedMatrix matrix : weights) {
      parts += parts((VectorWeights) matrix);
    }
    return parts;
  }

  private int panelsPerPart(VectorWeights matrix) {
    int panels =
        VectorWeights.WIDTH * widthsPerPart / Math.max(VectorWeights.WIDTH, matrix.width());
    return Math.max(1, panels); // narrow panels are as many
  }

  private int parts(VectorWeights matrix) {
    return Math.ceilDiv(matrix.panels(), panelsPerPart(matrix));
  }

  private void vectorPart(int part, int thread) {
    int index = part;
    for (int i = 0; ; i++) {
      VectorWeights matrix = (VectorWeights) weights[i];
      if (index < parts(matrix)) {
        multiplyVector(matrix, index * panelsPerPart(matrix), outs[i], scratch[thread]);
        return;
      }
      index -= parts(matrix);
    }
  }

  private void multiplyVector(VectorWeights matrix, int first, float[] out, MatMulScratch scratch) {
    int end = Math.min(matrix.panels(), first + panelsPerPart(matrix));
    for (int panel = first; panel < end; panel++) {
      // sums grow in memory of the thread's own: results of two threads may share a cache line
      matrix.multiplyVector(input, panel, scratch.edge, 0, scratch);
      int to = outOffset + panel * matrix.width();
      System.arraycopy(scratch.edge, 0, out, to, matrix.rowsOf(panel));
    }
  }
}
