package dev.llamark.kernel.vector;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;

/**
 * The linear layer over activations of int8. A row is multiplied in whole numbers by weights of
 * four, six and eight bits ({@link Int8Input}), few rows by those of four bits ({@link
 * Int8Product}); everything else is what float arithmetic makes of the rounded activations.
 */
final class Int8MatMul implements MatMul {

  /** Rows up to which whole numbers are used: more are faster in floats on two threads. */
  private static final int MOST_ROWS = 64;

  private final ThreadTeam team;
  private final Streams streams;
  private final VectorMatMul floats;
  private final Int8Product product;
  private final RowInput row = new RowInput();
  private final Int8Input[] inputs;
  private final ThreadTeam.ThreadRegion roundRegion = this::roundRow;
  private final PackedMatrix[] oneWeights = new PackedMatrix[1];
  private final float[][] oneOut = new float[1][];
  private float[] rounded = new float[0];
  private float[] x;
  private int xOffset;
  private int columns;

  Int8MatMul(ThreadTeam team) {
    this(team, Streams.preferred());
  }

  Int8MatMul(ThreadTeam team, Streams streams) {
    this.team = team;
    this.streams = streams;
    floats = new VectorMatMul(team, streams);
    product = new Int8Product(team);
    inputs = new Int8Input[team.size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new Int8Input();
    }
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return switch (weights.dtype()) {
      case Q4_0, Q4_1, Q4_K -> NibblePanels.of(weights, streams, team);
      case F32, F16, BF16, Q8_0, Q5_0, Q5_1, Q5_K, Q6_K -> floats.pack(weights);
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
    if (rows == 1) {
      row.quantise(x, xOffset, weights);
      floats.multiplyRow(row, weights, outs, outOffset);
    } else if (rows <= MOST_ROWS && haveFourBits(weights)) {
      product.quantise(x, xOffset, rows, weights[0].columns());
      for (int i = 0; i < weights.length; i++) {
        product.multiply((NibblePanels) weights[i], outs[i], outOffset);
      }
    } else {
      round(x, xOffset, rows, weights[0].columns());
      floats.multiply(rounded, 0, rows, weights, outs, outOffset);
    }
  }

  private static boolean haveFourBits(PackedMatrix[] weights) {
    boolean all = true;
    for (PackedMatrix matrix : weights) {
      all &= matrix instanceof NibblePanels;
    }
    return all;
  }

  private void round(float[] x, int xOffset, int rows, int columns) {
    this.x = x;
    this.xOffset = xOffset;
    this.columns = columns;
    if ((long) rows * columns > rounded.length) {
      rounded = new float[Math.multiplyExact(rows, columns)];
    }
    team.run(rows, roundRegion);
  }

  private void roundRow(int row, int thread) {
    inputs[thread].round(x, xOffset + row * columns, columns, rounded, row * columns);
  }
}
