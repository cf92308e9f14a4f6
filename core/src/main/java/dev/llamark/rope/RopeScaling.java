package dev.llamark.rope;

import java.util.List;

/**
 * How a model's rotary frequencies are changed to reach beyond the context of its training. Without
 * scaling pair {@code j} has the inverse frequency {@code theta^(−2j/rotaryDim)} (RoFormer, section
 * 3.2.2).
 */
public sealed interface RopeScaling {

  /**
   * Inverse frequencies, one per pair, in radians per position.
   *
   * @param theta base of the geometric series, such as 10000
   * @param rotaryDim number of rotated elements per head, even
   */
  double[] inverseFrequencies(double theta, int rotaryDim);

  /** Factor of all cosines and sines; 1 for most scalings. */
  default double attentionFactor() {
    return 1;
  }

  /** RoFormer's frequencies as they are. */
  record None() implements RopeScaling {
    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      return plain(theta, rotaryDim);
    }
  }

  /** Position interpolation (Chen et al., arXiv 2306.15595): all positions divided by a factor. */
  record Linear(double factor) implements RopeScaling {
    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      double[] frequencies = plain(theta, rotaryDim);
      for (int j = 0; j < frequencies.length; j++) {
        frequencies[j] /= factor;
      }
      return frequencies;
    }
  }

  /**
   * Llama 3.1's scaling by wavelength (Grattafiori et al., arXiv 2407.21783; reference code {@code
   * apply_scaling}): short waves stay, long waves are divided by the factor, those between blend.
   *
   * @param factor divisor of the long waves
   * @param lowFrequencyFactor waves longer than {@code originalContext / this} are long
   * @param highFrequencyFactor waves shorter than {@code originalContext / this} are short
   * @param originalContext context length of the training, in positions
   */
  record Llama3(
      double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext)
      implements RopeScaling {
    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      double[] frequencies = plain(theta, rotaryDim);
      for (int j = 0; j < frequencies.length; j++) {
        double wavelength = 2 * Math.PI / frequencies[j];
        if (wavelength > originalContext / lowFrequencyFactor) {
          frequencies[j] /= factor;
        } else if (wavelength >= originalContext / highFrequencyFactor) {
          double smooth =
              (originalContext / wavelength - lowFrequencyFactor)
                  / (highFrequencyFactor - lowFrequencyFactor);
          frequencies[j] = (1 - smooth) * frequencies[j] / factor + smooth * frequencies[j];
        }
      }
      return frequencies;
    }
  }

  /**
   * Each pair's frequency divided by a factor of its own, as a file lists them: {@code
   * rope_freqs.weight} of GGUF files holds those that {@link Llama3} comes to.
   *
   * @param divisors one per pair, positive
   */
  record PerPair(List<Double> divisors) implements RopeScaling {
    public PerPair {
      divisors = List.copyOf(divisors);
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
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
  }

  private static double[] plain(double theta, int rotaryDim) {
    double[] frequencies = new double[rotaryDim / 2];
    for (int j = 0; j < frequencies.length; j++) {
      frequencies[j] = Math.pow(theta, -2.0 * j / rotaryDim);
    }
    return frequencies;
  }
}
