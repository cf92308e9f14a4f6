package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Normalised mean square error: {@code Σ(a−b)² / Σb²}. */
final class Nmse {

  private Nmse() {}

  static double of(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - expected[i], 2);
      norm += expected[i] * expected[i];
    }
    return error / norm;
  }

  static float[] row(float[] logits, int row, int vocab) {
    return Arrays.copyOfRange(logits, row * vocab, (row + 1) * vocab);
  }
}
