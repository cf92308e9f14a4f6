package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Input and weights of one multiplication.
 *
 * @param x (rows × K)
 * @param rows M
 * @param weights W, (N × K)
 * @param apart whether W is multiplied in parts by the fused form, as queries, keys and values are
 * @param bias added to every row afterwards, (N); zeros are not
 */
record MatMulOperands(float[] x, int rows, Matrix weights, boolean apart, float[] bias) {

  private static final int PARTS = 3;

  static MatMulOperands of(CaseId id, float[] x, int rows, Matrix weights) {
    return new MatMulOperands(x, rows, weights, id.flag("all"), new float[weights.rows()]);
  }

  MatMulOperands withBias(float[] bias) {
    return new MatMulOperands(x, rows, weights, apart, bias);
  }

  /** Packs and multiplies; returns (rows × N). */
  float[] run(Kernels kernels, GuardedOperands operands) {
    return apart ? runApart(kernels, operands) : runWhole(kernels, operands);
  }

  private float[] runWhole(Kernels kernels, GuardedOperands operands) {
    int n = weights.rows();
    var in = operands.input("x", x);
    var out = operands.output("out", rows * n);
    try (PackedMatrix packed = kernels.matMul().pack(weights)) {
      kernels.matMul().apply(in.array(), in.offset(), rows, packed, out.array(), out.offset());
    }
    if (!Arrays.equals(bias, new float[n])) {
      var added = operands.input("bias", bias);
      kernels.matMul().addBias(added.array(), added.offset(), rows, n, out.array(), out.offset());
    }
    return out.values();
  }

  private float[] runApart(Kernels kernels, GuardedOperands operands) {
    List<Matrix> parts = parts();
    var in = operands.input("x", x);
    List<GuardedOperands.Guarded> outs =
        IntStream.range(0, parts.size())
            .mapToObj(i -> operands.outputFromZero("outs[" + i + "]", rows * parts.get(i).rows()))
            .toList();
    PackedMatrix[] packed = parts.stream().map(kernels.matMul()::pack).toArray(PackedMatrix[]::new);
    float[][] arrays = outs.stream().map(GuardedOperands.Guarded::array).toArray(float[][]::new);
    kernels.matMul().applyAll(in.array(), in.offset(), rows, packed, arrays);
    for (PackedMatrix matrix : packed) {
      matrix.close();
    }
    return sideBySide(parts, outs);
  }

  /** W cut after half of its rows, and after half of the rest. */
  private List<Matrix> parts() {
    int n = weights.rows();
    if (n < PARTS) {
      return List.of(weights);
    }
    int half = n / 2;
    int rest = half + (n - half) / 2;
    return List.of(rowsOf(0, half), rowsOf(half, rest), rowsOf(rest, n));
  }

  private Matrix rowsOf(int first, int end) {
    long rowBytes = weights.rowBytes();
    return new Matrix(
        weights.name(),
        weights.dtype(),
        end - first,
        weights.columns(),
        weights.data().asSlice(first * rowBytes, (end - first) * rowBytes));
  }

  /** (rows × N) from the parts' results. */
  private float[] sideBySide(List<Matrix> parts, List<GuardedOperands.Guarded> outs) {
    int n = weights.rows();
    float[] all = new float[rows * n];
    int column = 0;
    for (int i = 0; i < parts.size(); i++) {
      int width = parts.get(i).rows();
      for (int row = 0; row < rows; row++) {
        System.arraycopy(outs.get(i).array(), row * width, all, row * n + column, width);
      }
      column += width;
    }
    return all;
  }
}
