package dev.llamark.rope;

import java.util.List;

/** Inverse frequencies before and after division by factors. */
final class Frequencies {

  private Frequencies() {}

  /** {@code theta^(−2j/rotaryDim)} for each pair j. */
  static double[] plain(double theta, int rotaryDim) {
    double[] frequencies = new double[rotaryDim / 2];
    for (int j = 0; j < frequencies.length; j++) {
      frequencies[j] = Math.pow(theta, -2.0 * j / rotaryDim);
    }
    return frequencies;
  }

  /** The plain frequencies, each divided by a factor of its own. */
  static double[] divided(double theta, int rotaryDim, List<Double> divisors) {
    double[] frequencies = plain(theta, rotaryDim);
    if (frequencies.length != divisors.size()) {
      throw new IllegalArgumentException(
          "RopeScaling: divisors must be %d, one per pair, but are %d"
              .formatted(frequencies.length, divisors.size()));
    }
    for (int j = 0; j < frequencies.length; j++) {
      frequencies[j] /= divisors.get(j);
    }
    return frequencies;
  }

  static void requirePositive(String what, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "RopeScaling: %s must be positive and finite, but is %s".formatted(what, value));
    }
  }
}
