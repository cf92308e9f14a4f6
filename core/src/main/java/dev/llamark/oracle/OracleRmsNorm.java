package dev.llamark.oracle;

import dev.llamark.kernel.RmsNorm;
import java.util.Arrays;

/** RMSNorm in double, rounded at the end. */
final class OracleRmsNorm implements RmsNorm {

  @Override
  public void compute(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      int rows,
      int size,
      float epsilon,
      float[] out,
      int outOffset) {
    float[] factors = Arrays.copyOfRange(weight, weightOffset, weightOffset + size);
    for (int row = 0; row < rows; row++) {
      double[] normed = RmsNormOracle.row(x, xOffset + row * size, factors, epsilon);
      for (int i = 0; i < size; i++) {
        out[outOffset + row * size + i] = (float) normed[i];
      }
    }
  }
}
