package dev.llamark.bench.claims;

/** The normalisations in plain loops over floats, alike in all but their formulas. */
final class ScalarRowNorms {

  private ScalarRowNorms() {}

  static RowNorm of(NormForm form) {
    return switch (form) {
      case RMSNORM -> (x, weight, _, rows, size, out) -> rms(x, weight, rows, size, size, out);
      case LAYERNORM -> ScalarRowNorms::layer;
      case PRMSNORM ->
          (x, weight, _, rows, size, out) -> rms(x, weight, rows, size, NormForm.part(size), out);
    };
  }

  private static void rms(float[] x, float[] weight, int rows, int size, int seen, float[] out) {
    for (int row = 0; row < rows; row++) {
      int at = row * size;
      float squares = 0;
      for (int i = 0; i < seen; i++) {
        squares += x[at + i] * x[at + i];
      }
      float scale = (float) (1 / Math.sqrt(squares / seen + RowNorm.EPSILON));
      for (int i = 0; i < size; i++) {
        out[at + i] = x[at + i] * scale * weight[i];
      }
    }
  }

  /** Sum and sum of squares in one pass: the cheapest way, and ONNX Runtime's. */
  private static void layer(
      float[] x, float[] weight, float[] bias, int rows, int size, float[] out) {
    for (int row = 0; row < rows; row++) {
      int at = row * size;
      float sum = 0;
      float squares = 0;
      for (int i = 0; i < size; i++) {
        sum += x[at + i];
        squares += x[at + i] * x[at + i];
      }
      float mean = sum / size;
      float scale = (float) (1 / Math.sqrt(squares / size - mean * mean + RowNorm.EPSILON));
      for (int i = 0; i < size; i++) {
        out[at + i] = (x[at + i] - mean) * scale * weight[i] + bias[i];
      }
    }
  }
}
