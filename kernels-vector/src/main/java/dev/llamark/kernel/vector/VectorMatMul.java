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

  private final ThreadTeam team;
  private final Streams streams;
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

  VectorMatMul(ThreadTeam team) {
    this(team, Streams.preferred());
  }

  VectorMatMul(ThreadTeam team, Streams streams) {
    this.team = team;
    this.streams = streams;
    scratch = new MatMulScratch[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new MatMulScratch();
    }
    tiled = new TiledProduct(team, scratch);
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return switch (weights.dtype()) {
      case F32 -> FloatPanels.of(weights, streams, team);
      case F16, BF16 -> HalfPanels.of(weights, streams, team);
      case Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K ->
          QuantisedPanels.of(weights, streams, team);
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

  /** A part is a group of panels. */
  private int vectorParts() {
    int parts = 0;
    for (PackedMatrix matrix : weights) {
      parts += ((VectorWeights) matrix).groups().count();
    }
    return parts;
  }

  private void vectorPart(int part, int thread) {
    int group = part;
    for (int i = 0; ; i++) {
      VectorWeights matrix = (VectorWeights) weights[i];
      int groups = matrix.groups().count();
      if (group < groups) {
        multiplyGroup(matrix, group, outs[i], scratch[thread]);
        return;
      }
      group -= groups;
    }
  }

  private void multiplyGroup(VectorWeights matrix, int group, float[] out, MatMulScratch scratch) {
    // sums grow in memory of the thread's own: results of two threads may share a cache line
    matrix.multiplyGroup(input, group, scratch.sums, scratch);
    int first = matrix.groups().first(group) * matrix.width();
    int end = Math.min(matrix.rows(), matrix.groups().first(group + 1) * matrix.width());
    System.arraycopy(scratch.sums, 0, out, outOffset + first, end - first);
  }
}
