package dev.llamark.kernel.scalar;

import dev.llamark.kernel.RmsNorm;

/** RMSNorm as arXiv 1910.07467, equation 4, writes it. */
final class ScalarRmsNorm implements RmsNorm {

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
    for (int row = 0; row < rows; row++) {
      int from = xOffset + row * size;
      int to = outOffset + row * size;

      double sumOfSquares = 0; // in double: squares of large floats overflow, of small ones vanish
      for (int i = 0; i < size; i++) {
        sumOfSquares += (double) x[from + i] * x[from + i];
      }

      double scale = 1 / Math.sqrt(sumOfSquares / size + epsilon);
      for (int i = 0; i < size; i++) {
        out[to + i] = (float) (x[from + i] * scale) * weight[weightOffset + i];
      }
    }
  }
}
