package dev.llamark.bench.claims;

import java.util.Locale;

/** The normalisations that are compared, as formulas in double. */
enum NormForm {

  /** {@code x / √(mean(x²) + epsilon) · weight} (arXiv 1910.07467, equation 4). */
  RMSNORM,

  /**
   * {@code (x − mean) / √(variance + epsilon) · weight + bias} (Ba et al., arXiv 1607.06450,
   * equation 4).
   */
  LAYERNORM,

  /** RMSNorm whose mean is that of the first sixteenth of a row (arXiv 1910.07467, section 4). */
  PRMSNORM;

  /** Of the elements, so many are looked at by {@link #PRMSNORM}: 6.25 %, as in the paper. */
  private static final int PART = 16;

  /** As parameters name it: {@code rmsnorm}. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static NormForm of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  /** Elements at the start of a row from which {@link #PRMSNORM} estimates its mean square. */
  static int part(int size) {
    return Math.ceilDiv(size, PART);
  }

  /** All rows, in plain loops. */
  double[] expected(float[] x, float[] weight, float[] bias, int rows, int size) {
    double[] out = new double[rows * size];
    for (int row = 0; row < rows; row++) {
      int at = row * size;
      double mean = this == LAYERNORM ? mean(x, at, size) : 0;
      int seen = this == PRMSNORM ? part(size) : size;
      double squares = 0;
      for (int i = 0; i < seen; i++) {
        squares += (x[at + i] - mean) * (x[at + i] - mean);
      }
      double scale = 1 / Math.sqrt(squares / seen + RowNorm.EPSILON);
      for (int i = 0; i < size; i++) {
        double added = this == LAYERNORM ? bias[i] : 0;
        out[at + i] = (x[at + i] - mean) * scale * weight[i] + added;
      }
    }
    return out;
  }

  private static double mean(float[] x, int at, int size) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += x[at + i];
    }
    return sum / size;
  }
}
