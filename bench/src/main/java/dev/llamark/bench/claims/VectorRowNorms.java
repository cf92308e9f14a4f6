package dev.llamark.bench.claims;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The normalisations in the Vector API, alike in all but their formulas: the same unrolling, the
 * same number of accumulators for each sum, tails by element.
 */
final class VectorRowNorms {

  /** As wide as the kernels of the variant {@code vector}. */
  static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorShape.forBitSize(bits()));

  private static final VectorSpecies<Float> S = SPECIES;
  private static final int N = S.length();
  private static final int UNROLLED = 4 * N;

  private VectorRowNorms() {}

  private static int bits() {
    String asked = System.getProperty("llamark.vector.bits", "").strip();
    return asked.isEmpty()
        ? Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512)
        : Integer.parseInt(asked);
  }

  static RowNorm of(NormForm form) {
    return switch (form) {
      case RMSNORM -> (x, weight, _, rows, size, out) -> rms(x, weight, rows, size, size, out);
      case LAYERNORM -> VectorRowNorms::layer;
      case PRMSNORM ->
          (x, weight, _, rows, size, out) -> rms(x, weight, rows, size, NormForm.part(size), out);
    };
  }

  private static void rms(float[] x, float[] weight, int rows, int size, int seen, float[] out) {
    for (int row = 0; row < rows; row++) {
      int at = row * size;
      float squares = sumOfSquares(x, at, seen);
      float scale = (float) (1 / Math.sqrt(squares / seen + RowNorm.EPSILON));
      scale(x, at, scale, weight, size, out);
    }
  }

  private static float sumOfSquares(float[] x, int at, int size) {
    FloatVector acc0 = FloatVector.zero(S);
    FloatVector acc1 = FloatVector.zero(S);
    FloatVector acc2 = FloatVector.zero(S);
    FloatVector acc3 = FloatVector.zero(S);
    int i = 0;
    for (; i <= size - UNROLLED; i += UNROLLED) {
      FloatVector v0 = FloatVector.fromArray(S, x, at + i);
      FloatVector v1 = FloatVector.fromArray(S, x, at + i + N);
      FloatVector v2 = FloatVector.fromArray(S, x, at + i + 2 * N);
      FloatVector v3 = FloatVector.fromArray(S, x, at + i + 3 * N);
      acc0 = v0.fma(v0, acc0);
      acc1 = v1.fma(v1, acc1);
      acc2 = v2.fma(v2, acc2);
      acc3 = v3.fma(v3, acc3);
    }
    float sum = acc0.add(acc1).add(acc2.add(acc3)).reduceLanes(VectorOperators.ADD);
    for (; i < size; i++) {
      sum += x[at + i] * x[at + i];
    }
    return sum;
  }

  private static void scale(float[] x, int at, float scale, float[] weight, int size, float[] out) {
    int i = 0;
    for (int bound = S.loopBound(size); i < bound; i += N) {
      FloatVector w = FloatVector.fromArray(S, weight, i);
      FloatVector.fromArray(S, x, at + i).mul(scale).mul(w).intoArray(out, at + i);
    }
    for (; i < size; i++) {
      out[at + i] = x[at + i] * scale * weight[i];
    }
  }

  /** Sum and sum of squares in one pass: the cheapest way, and ONNX Runtime's. */
  private static void layer(
      float[] x, float[] weight, float[] bias, int rows, int size, float[] out) {
    for (int row = 0; row < rows; row++) {
      layerRow(x, row * size, weight, bias, size, out);
    }
  }

  private static void layerRow(
      float[] x, int at, float[] weight, float[] bias, int size, float[] out) {
    FloatVector sum0 = FloatVector.zero(S);
    FloatVector sum1 = FloatVector.zero(S);
    FloatVector sum2 = FloatVector.zero(S);
    FloatVector sum3 = FloatVector.zero(S);
    FloatVector acc0 = FloatVector.zero(S);
    FloatVector acc1 = FloatVector.zero(S);
    FloatVector acc2 = FloatVector.zero(S);
    FloatVector acc3 = FloatVector.zero(S);
    int i = 0;
    for (; i <= size - UNROLLED; i += UNROLLED) {
      FloatVector v0 = FloatVector.fromArray(S, x, at + i);
      FloatVector v1 = FloatVector.fromArray(S, x, at + i + N);
      FloatVector v2 = FloatVector.fromArray(S, x, at + i + 2 * N);
      FloatVector v3 = FloatVector.fromArray(S, x, at + i + 3 * N);
      sum0 = sum0.add(v0);
      sum1 = sum1.add(v1);
      sum2 = sum2.add(v2);
      sum3 = sum3.add(v3);
      acc0 = v0.fma(v0, acc0);
      acc1 = v1.fma(v1, acc1);
      acc2 = v2.fma(v2, acc2);
      acc3 = v3.fma(v3, acc3);
    }
    float sum = sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
    float squares = acc0.add(acc1).add(acc2.add(acc3)).reduceLanes(VectorOperators.ADD);
    for (; i < size; i++) {
      sum += x[at + i];
      squares += x[at + i] * x[at + i];
    }
    float mean = sum / size;
    float scale = (float) (1 / Math.sqrt(squares / size - mean * mean + RowNorm.EPSILON));
    shiftAndScale(x, at, mean, scale, weight, bias, size, out);
  }

  private static void shiftAndScale(
      float[] x,
      int at,
      float mean,
      float scale,
      float[] weight,
      float[] bias,
      int size,
      float[] out) {
    int i = 0;
    for (int bound = S.loopBound(size); i < bound; i += N) {
      FloatVector w = FloatVector.fromArray(S, weight, i);
      FloatVector b = FloatVector.fromArray(S, bias, i);
      FloatVector v = FloatVector.fromArray(S, x, at + i);
      v.sub(mean).mul(scale).fma(w, b).intoArray(out, at + i);
    }
    for (; i < size; i++) {
      out[at + i] = (x[at + i] - mean) * scale * weight[i] + bias[i];
    }
  }
}
