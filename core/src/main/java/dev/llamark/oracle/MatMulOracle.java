package dev.llamark.oracle;

import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The linear layer in double, and how far float arithmetic may be from it.
 *
 * <p>A weight is worth what {@link Matrix#decodeRow} gives. With any order of additions, with or
 * without FMA, a float sum of K products has an error of at most γ_K·Σ|x·w| (Higham, 2nd ed.,
 * section 3.1). Kernels for quantised weights multiply sums by the scales of blocks, a few
 * roundings more for each term; and where a weight is {@code d·q − m}, they may sum {@code d·Σxq}
 * and {@code m·Σx} apart, so that there the sum is Σ|x|·(|d·q| + |m|).
 */
public final class MatMulOracle {

  /** Elements of a block of int8 activations. */
  static final int BLOCK = 32;

  /** The largest int8 activation. */
  static final int LARGEST = 127;

  /** Roundings by scales: of the decoded weight, of its block, of the block above. */
  private static final int SCALE_ROUNDINGS = 4;

  private MatMulOracle() {}

  /** {@code Σ_k x[from + k] · w[k]}: one output. */
  public static double dot(float[] x, int from, float[] w) {
    double sum = 0;
    for (int k = 0; k < w.length; k++) {
      sum += (double) x[from + k] * w[k];
    }
    return sum;
  }

  /** {@code Σ_k |x[from + k]| · magnitudes[k]}. */
  static double dotOfMagnitudes(float[] x, int from, double[] magnitudes) {
    double sum = 0;
    for (int k = 0; k < magnitudes.length; k++) {
      sum += Math.abs(x[from + k]) * magnitudes[k];
    }
    return sum;
  }

  /**
   * What each weight of a row adds to the bound: {@code |w|}, or {@code |d·q| + |m|} where kernels
   * may sum the two apart.
   *
   * @param w the row, decoded
   */
  static double[] magnitudes(Matrix matrix, int row, float[] w) {
    double[] magnitudes = new double[w.length];
    float[] scaled = hasMinimum(matrix.dtype()) ? withoutMinima(matrix, row) : w;
    for (int k = 0; k < w.length; k++) {
      magnitudes[k] = Math.abs(scaled[k]) + Math.abs((double) w[k] - scaled[k]);
    }
    return magnitudes;
  }

  private static boolean hasMinimum(DType dtype) {
    return switch (dtype) {
      case Q4_1, Q5_1, Q4_K, Q5_K -> true;
      case F32, F16, BF16, Q8_0, Q4_0, Q5_0, Q6_K -> false;
    };
  }

  /**
   * The row decoded with minima of 0: they stand at byte 2 of a block in each type that has one.
   */
  private static float[] withoutMinima(Matrix matrix, int row) {
    byte[] bytes = matrix.row(row).toArray(ValueLayout.JAVA_BYTE);
    for (int block = 0; block < bytes.length; block += matrix.dtype().blockBytes()) {
      bytes[block + 2] = 0;
      bytes[block + 3] = 0;
    }
    float[] decoded = new float[matrix.columns()];
    new Matrix(matrix.name(), matrix.dtype(), 1, matrix.columns(), MemorySegment.ofArray(bytes))
        .decodeRow(0, decoded, 0);
    return decoded;
  }

  /**
   * Largest error of one output.
   *
   * @param magnitude {@link #dotOfMagnitudes}
   * @param columns K
   */
  static double allowed(double magnitude, int columns, DType dtype) {
    return Bounds.gamma(roundings(columns, dtype)) * magnitude + columns * Bounds.UNDERFLOW;
  }

  /** Error of one output beyond which rounding alone is an unlikely cause. */
  static double typical(double magnitude, int columns, DType dtype) {
    return Bounds.typical(roundings(columns, dtype)) * magnitude + columns * Bounds.UNDERFLOW;
  }

  private static int roundings(int columns, DType dtype) {
    return dtype.quantised() ? columns + SCALE_ROUNDINGS : columns;
  }

  /** Whether floats can hold the sum, in whatever order; beyond it the result is free. */
  static boolean inDomain(double magnitude) {
    return !(magnitude >= 0.99 * Float.MAX_VALUE && Double.isFinite(magnitude));
  }

  /**
   * What a variant of int8 activations makes of its input, block by block, as Q8_0 does (ggml
   * {@code quantize_row_q8_0_ref}): d = max|x| / 127, {@code round(x / d)} half away from zero,
   * times d rounded to binary16. A NaN or an infinity makes its whole block NaN.
   *
   * @param x (rows × columns)
   * @param columns K; a last block may be shorter than 32
   */
  public static float[] quantised(float[] x, int columns) {
    float[] quantised = new float[x.length];
    for (int row = 0; row < x.length; row += columns) {
      for (int k = 0; k < columns; k += BLOCK) {
        quantiseBlock(x, quantised, row + k, Math.min(BLOCK, columns - k));
      }
    }
    return quantised;
  }

  private static void quantiseBlock(float[] x, float[] quantised, int from, int count) {
    float max = 0;
    for (int i = from; i < from + count; i++) {
      max = Math.max(max, Math.abs(x[i]));
    }
    float d = max / LARGEST;
    float inverse = d == 0 ? 0 : 1 / d;
    float stored = Float.isFinite(max) ? Float.float16ToFloat(Float.floatToFloat16(d)) : Float.NaN;
    for (int i = from; i < from + count; i++) {
      float scaled = x[i] * inverse;
      quantised[i] = stored * (float) (Math.signum(scaled) * Math.floor(Math.abs(scaled) + 0.5));
    }
  }
}
