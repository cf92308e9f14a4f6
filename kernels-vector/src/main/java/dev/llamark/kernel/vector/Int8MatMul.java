package dev.llamark.kernel.vector;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;

/**
 * The linear layer over activations of int8. Few rows are multiplied by weights of four bits in
 * whole numbers, in lanes of 16 bits ({@link NibblePanels}); everything else is what float
 * arithmetic makes of the rounded activations: products of two bytes leave no room for sums in 16
 * bits.
 */
final class Int8MatMul implements MatMul {

  /** Panels of a part: their outputs are whole cache lines. */
  private static final int PANELS_PER_PART = Math.max(1, 8 / Lanes.COUNT);

  /** Rows up to which whole numbers are used: more are faster in floats on two threads. */
  private static final int MOST_ROWS = 64;

  private final ThreadTeam team;
  private final VectorMatMul floats;
  private final Int8Product product;
  private final Int8Input[] inputs;
  private final PartScales[] scales;
  private final float[][] edges;
  private final ThreadTeam.ThreadRegion vectorRegion = this::vectorPart;
  private final ThreadTeam.ThreadRegion roundRegion = this::roundRow;
  private float[] rounded = new float[0];
  private float[] x;
  private int xOffset;
  private int columns;
  private NibblePanels weights;
  private float[] out;
  private int outOffset;

  Int8MatMul(ThreadTeam team) {
    this.team = team;
    floats = new VectorMatMul(team);
    product = new Int8Product(team);
    inputs = new Int8Input[team.size()];
    scales = new PartScales[team.size()];
    edges = new float[team.size()][NibblePanels.PANEL];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new Int8Input();
      scales[i] = new PartScales();
    }
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return switch (weights.dtype()) {
      case Q4_0, Q4_1, Q4_K -> NibblePanels.of(weights, team);
      case F32, F16, BF16, Q8_0, Q5_0, Q5_1, Q5_K, Q6_K -> floats.pack(weights);
    };
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    if (multipliesWholeNumbers(rows, weights)) {
      quantise(x, xOffset, rows, weights.columns());
      multiply(rows, (NibblePanels) weights, out, outOffset);
    } else {
      round(x, xOffset, rows, weights.columns());
      floats.compute(rounded, 0, rows, weights, out, outOffset);
    }
  }

  @Override
  public void computeAll(float[] x, int xOffset, int rows, PackedMatrix[] weights, float[][] outs) {
    boolean whole = true;
    for (PackedMatrix matrix : weights) {
      whole &= multipliesWholeNumbers(rows, matrix);
    }
    if (whole) {
      quantise(x, xOffset, rows, weights[0].columns());
      for (int i = 0; i < weights.length; i++) {
        multiply(rows, (NibblePanels) weights[i], outs[i], 0);
      }
    } else if (rows == 1) {
      for (int i = 0; i < weights.length; i++) {
        compute(x, xOffset, rows, weights[i], outs[i], 0);
      }
    } else {
      round(x, xOffset, rows, weights[0].columns());
      floats.computeAll(rounded, 0, rows, weights, outs);
    }
  }

  private static boolean multipliesWholeNumbers(int rows, PackedMatrix weights) {
    return rows <= MOST_ROWS && weights instanceof NibblePanels;
  }

  private void quantise(float[] x, int xOffset, int rows, int columns) {
    if (rows == 1) {
      inputs[0].quantise(x, xOffset, columns);
    } else {
      product.quantise(x, xOffset, rows, columns);
    }
  }

  private void multiply(int rows, NibblePanels weights, float[] out, int outOffset) {
    if (rows == 1) {
      multiplyVector(weights, out, outOffset);
    } else {
      product.multiply(weights, out, outOffset);
    }
  }

  private void multiplyVector(NibblePanels weights, float[] out, int outOffset) {
    this.weights = weights;
    this.out = out;
    this.outOffset = outOffset;
    team.run(Math.ceilDiv(weights.pairs(), PANELS_PER_PART), vectorRegion);
  }

  private void vectorPart(int part, int thread) {
    int end = Math.min(weights.pairs(), (part + 1) * PANELS_PER_PART);
    for (int pair = part * PANELS_PER_PART; pair < end; pair++) {
      int to = outOffset + pair * NibblePanels.PANEL;
      int valid = Math.min(NibblePanels.PANEL, weights.rows() - pair * NibblePanels.PANEL);
      if (valid == NibblePanels.PANEL) {
        weights.multiply(inputs[0], pair, out, to, scales[thread]);
      } else {
        weights.multiply(inputs[0], pair, edges[thread], 0, scales[thread]);
        System.arraycopy(edges[thread], 0, out, to, valid);
      }
    }
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
