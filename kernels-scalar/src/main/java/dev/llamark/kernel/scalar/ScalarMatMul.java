package dev.llamark.kernel.scalar;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;

/** The linear layer as three loops; weights are read where they lie, a row at a time. */
final class ScalarMatMul implements MatMul {

  /** Outputs of a part: whole cache lines of the result, enough work to be worth a hand-over. */
  private static final int OUTPUTS_PER_PART = 64;

  private final ThreadTeam team;

  ScalarMatMul(ThreadTeam team) {
    this.team = team;
  }

  /** The matrix itself: nothing is rearranged. */
  private record Unpacked(Matrix matrix) implements PackedMatrix {
    @Override
    public DType dtype() {
      return matrix.dtype();
    }

    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int columns() {
      return matrix.columns();
    }

    @Override
    public long bytes() {
      return 0;
    }
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return new Unpacked(weights);
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    Matrix matrix = ((Unpacked) weights).matrix();
    int parts = Math.ceilDiv(matrix.rows(), OUTPUTS_PER_PART);
    team.run(
        parts,
        part -> {
          int first = part * OUTPUTS_PER_PART;
          int end = Math.min(matrix.rows(), first + OUTPUTS_PER_PART);
          outputs(x, xOffset, rows, matrix, first, end, out, outOffset);
        });
  }

  /** Outputs {@code first … end - 1} of every input row. */
  private static void outputs(
      float[] x,
      int xOffset,
      int rows,
      Matrix matrix,
      int first,
      int end,
      float[] out,
      int outOffset) {
    float[] w = new float[matrix.columns()];
    for (int n = first; n < end; n++) {
      matrix.decodeRow(n, w, 0);
      for (int m = 0; m < rows; m++) {
        out[outOffset + m * matrix.rows() + n] = dot(x, xOffset + m * w.length, w);
      }
    }
  }

  private static float dot(float[] x, int from, float[] w) {
    float sum = 0;
    for (int k = 0; k < w.length; k++) {
      sum += x[from + k] * w[k];
    }
    return sum;
  }
}
