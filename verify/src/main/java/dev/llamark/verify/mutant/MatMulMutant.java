package dev.llamark.verify.mutant;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;

/** The linear layer with a fault in its inner product. */
final class MatMulMutant implements MatMul {

  /** Elements of a vector, whose remainder a kernel may forget. */
  private static final int LANES = 8;

  /** {@code Σ_k x[from + k] · w[k]}, wrongly. */
  private interface Dot {
    float of(float[] x, int from, float[] w);
  }

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

  private final Dot dot;

  private MatMulMutant(Dot dot) {
    this.dot = dot;
  }

  static MatMul zeros() {
    return new MatMulMutant((x, from, w) -> 0);
  }

  /** The sum ends with the last whole vector. */
  static MatMul tailDropped() {
    return new MatMulMutant((x, from, w) -> sum(x, from, w, w.length - w.length % LANES));
  }

  private static float sum(float[] x, int from, float[] w, int count) {
    float sum = 0;
    for (int k = 0; k < count; k++) {
      sum += x[from + k] * w[k];
    }
    return sum;
  }

  /** The sum is rounded to bfloat16 after each addition. */
  static MatMul bfloat16Sum() {
    return new MatMulMutant(
        (x, from, w) -> {
          float sum = 0;
          for (int k = 0; k < w.length; k++) {
            sum = bfloat16(sum + x[from + k] * w[k]);
          }
          return sum;
        });
  }

  private static float bfloat16(float value) {
    if (!Float.isFinite(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int nearest = bits + 0x7fff + (bits >>> 16 & 1);
    return Float.intBitsToFloat(nearest & 0xffff0000);
  }

  @Override
  public PackedMatrix pack(Matrix weights) {
    return new Unpacked(weights);
  }

  @Override
  public void compute(
      float[] x, int xOffset, int rows, PackedMatrix weights, float[] out, int outOffset) {
    Matrix matrix = ((Unpacked) weights).matrix();
    float[] w = new float[matrix.columns()];
    for (int n = 0; n < matrix.rows(); n++) {
      matrix.decodeRow(n, w, 0);
      for (int m = 0; m < rows; m++) {
        out[outOffset + m * matrix.rows() + n] = dot.of(x, xOffset + m * w.length, w);
      }
    }
  }
}
