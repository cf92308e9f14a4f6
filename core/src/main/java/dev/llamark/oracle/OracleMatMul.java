package dev.llamark.oracle;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;

/** The linear layer in double, rounded at the end; weights are decoded a row at a time. */
final class OracleMatMul implements MatMul {

  private static final int OUTPUTS_PER_PART = 64;

  private final ThreadTeam team;

  OracleMatMul(ThreadTeam team) {
    this.team = team;
  }

  /** The matrix itself. */
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
    team.run(
        Math.ceilDiv(matrix.rows(), OUTPUTS_PER_PART),
        part -> {
          float[] w = new float[matrix.columns()];
          int end = Math.min(matrix.rows(), (part + 1) * OUTPUTS_PER_PART);
          for (int n = part * OUTPUTS_PER_PART; n < end; n++) {
            matrix.decodeRow(n, w, 0);
            for (int m = 0; m < rows; m++) {
              out[outOffset + m * matrix.rows() + n] =
                  (float) MatMulOracle.dot(x, xOffset + m * w.length, w);
            }
          }
        });
  }
}
