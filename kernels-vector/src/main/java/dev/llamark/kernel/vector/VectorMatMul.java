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

  /** Sums of the row over its parts, for all panels of weights that want them. */
  private float[] sums = new float[0];

  private float[] x;
  private int xOffset;
  private PackedMatrix[] weights;
  private float[][] outs;
  private int outOffset;
  private int panelsPerPart;

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

  private void multiply(
      float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs, int outOffset) {
    if (rows > 1) {
      tiled.multiply(x, xOffset, rows, weights, outs, outOffset);
      return;
    }
    this.x = x;
    this.xOffset = xOffset;
    this.weights = weights;
    this.outs = outs;
    this.outOffset = outOffset;
    sumParts();
    team.run(vectorParts(), vectorRegion);
    this.x = null;
    this.weights = null;
    this.outs = null;
  }

  private void sumParts() {
    for (PackedMatrix matrix : weights) {
      int inputs = ((VectorWeights) matrix).summedInputs();
      if (inputs > 0) {
        int parts = matrix.columns() / inputs;
        if (parts > sums.length) {
          sums = new float[parts];
        }
        PanelScales.sums(x, xOffset, inputs, parts, sums);
        return; // for all weights
      }
    }
  }

  private int vectorParts() {
    int panels = 0;
    for (PackedMatrix matrix : weights) {
      panels += ((VectorWeights) matrix).panels();
    }
    int wanted = panels / (LINE_PANELS * PARTS_PER_THREAD * team.size());
    panelsPerPart = LINE_PANELS * Math.clamp(wanted, 1, MOST_PANELS / LINE_PANELS);
    int parts = 0;
    for (PackedMatrix matrix : weights) {
      parts += Math.ceilDiv(((VectorWeights) matrix).panels(), panelsPerPart);
    }
    return parts;
  }

  private void vectorPart(int part, int thread) {
    int first = part * panelsPerPart;
    for (int i = 0; ; i++) {
      VectorWeights matrix = (VectorWeights) weights[i];
      int panels = Math.ceilDiv(matrix.panels(), panelsPerPart) * panelsPerPart;
      if (first < panels) {
        multiplyVector(matrix, first, outs[i], scratch[thread]);
        return;
      }
      first -= panels;
    }
  }

  private void multiplyVector(VectorWeights matrix, int first, float[] out, MatMulScratch scratch) {
    int end = Math.min(matrix.panels(), first + panelsPerPart);
    for (int panel = first; panel < end; panel++) {
      int to = outOffset + panel * matrix.width();
      if (matrix.rowsOf(panel) == matrix.width()) {
        matrix.multiplyVector(x, xOffset, sums, panel, out, to, scratch);
      } else {
        matrix.multiplyVector(x, xOffset, sums, panel, scratch.edge, 0, scratch);
        System.arraycopy(scratch.edge, 0, out, to, matrix.rowsOf(panel));
      }
    }
  }
}
