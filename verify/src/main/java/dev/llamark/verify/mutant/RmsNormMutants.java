package dev.llamark.verify.mutant;

import dev.llamark.kernel.RmsNorm;
import java.util.Arrays;

/** RMSNorm with a fault. */
final class RmsNormMutants {

  /** Elements of a vector, whose remainder a kernel may forget. */
  private static final int LANES = 8;

  private RmsNormMutants() {}

  static RmsNorm zeros() {
    return (x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset) ->
        Arrays.fill(out, outOffset, outOffset + rows * size, 0);
  }

  static RmsNorm withoutEpsilon(RmsNorm right) {
    return (x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset) ->
        right.compute(x, xOffset, weight, weightOffset, rows, size, 0, out, outOffset);
  }

  /** 1e-6 in place of 1e-5. */
  static RmsNorm otherEpsilon(RmsNorm right) {
    return (x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset) -> {
      float other = epsilon == 1e-5f ? 1e-6f : epsilon;
      right.compute(x, xOffset, weight, weightOffset, rows, size, other, out, outOffset);
    };
  }

  /** LayerNorm without its bias. */
  static RmsNorm meanSubtracted(RmsNorm right) {
    return (x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset) -> {
      float[] centred = new float[size];
      for (int row = 0; row < rows; row++) {
        int from = xOffset + row * size;
        double sum = 0;
        for (int i = 0; i < size; i++) {
          sum += x[from + i];
        }
        for (int i = 0; i < size; i++) {
          centred[i] = (float) (x[from + i] - sum / size);
        }
        right.compute(
            centred, 0, weight, weightOffset, 1, size, epsilon, out, outOffset + row * size);
      }
    };
  }

  /** {@code m₀ = x₀, mᵢ = 0.9·mᵢ₋₁ + 0.1·xᵢ, y = (x − m)/√m}, NaN where m is negative. */
  static RmsNorm movingAverage() {
    return (x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset) -> {
      for (int row = 0; row < rows; row++) {
        float mean = x[xOffset + row * size];
        for (int i = 0; i < size; i++) {
          float value = x[xOffset + row * size + i];
          mean = 0.9f * mean + 0.1f * value;
          out[outOffset + row * size + i] = (value - mean) / (float) Math.sqrt(mean);
        }
      }
    };
  }

  /** The sum of squares ends with the last whole vector. */
  static RmsNorm tailDropped() {
    return (x, xOffset, weight, weightOffset, rows, size, epsilon, out, outOffset) -> {
      for (int row = 0; row < rows; row++) {
        int from = xOffset + row * size;
        double sum = 0;
        for (int i = 0; i < size - size % LANES; i++) {
          sum += (double) x[from + i] * x[from + i];
        }
        double scale = 1 / Math.sqrt(sum / size + epsilon);
        for (int i = 0; i < size; i++) {
          out[outOffset + row * size + i] =
              (float) (x[from + i] * scale) * weight[weightOffset + i];
        }
      }
    };
  }
}
