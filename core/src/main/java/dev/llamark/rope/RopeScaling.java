package dev.llamark.rope;

import java.util.List;

/**
 * How a model's rotary frequencies are changed to reach beyond the context of its training. Without
 * scaling pair {@code j} has the inverse frequency {@code theta^(−2j/rotaryDim)} (RoFormer, section
 * 3.2.2).
 *
 * <p>{@link Dynamic} and {@link LongRope} depend on the length of the whole sequence. All queries
 * and keys of one sequence must be rotated by the same frequencies, or their products no longer
 * depend on their distance alone; so the length is chosen once, when the sequence begins (the
 * capacity of its cache), and keys are never rotated anew. A table serves another length only where
 * {@link #sameFrequencies} says so.
 */
public sealed interface RopeScaling {

  /**
   * Inverse frequencies of a sequence within the original context, one per pair, in radians per
   * position.
   *
   * @param theta base of the geometric series, such as 10000
   * @param rotaryDim number of rotated elements per head, even
   */
  double[] inverseFrequencies(double theta, int rotaryDim);

  /**
   * Inverse frequencies of a sequence of the given length.
   *
   * @param length number of positions of the whole sequence, at least 1
   */
  default double[] inverseFrequencies(double theta, int rotaryDim, int length) {
    return inverseFrequencies(theta, rotaryDim);
  }

  /** Whether sequences of these two lengths have the same frequencies. */
  default boolean sameFrequencies(int length, int otherLength) {
    return true;
  }

  /** Factor of all cosines and sines, at any length; 1 for most scalings. */
  default double attentionFactor() {
    return 1;
  }

  /** RoFormer's frequencies as they are. */
  record None() implements RopeScaling {
    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      return Frequencies.plain(theta, rotaryDim);
    }
  }

  /** Position interpolation (Chen et al., arXiv 2306.15595): all positions divided by a factor. */
  record Linear(double factor) implements RopeScaling {
    public Linear {
      Frequencies.requirePositive("factor", factor);
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      double[] frequencies = Frequencies.plain(theta, rotaryDim);
      for (int j = 0; j < frequencies.length; j++) {
        frequencies[j] /= factor;
      }
      return frequencies;
    }
  }

  /**
   * Dynamic NTK scaling (described in Peng et al., arXiv 2309.00071, section 3.3; here with the
   * base as Hugging Face Transformers changes it): up to the original context nothing changes, at
   * each length L beyond it theta becomes {@code theta · (factor · L / original − factor +
   * 1)^(rotaryDim / (rotaryDim − 2))}.
   *
   * @param factor how fast the base grows with the length
   * @param originalContext context length of the training, in positions
   */
  record Dynamic(double factor, int originalContext) implements RopeScaling {
    public Dynamic {
      Frequencies.requirePositive("factor", factor);
      Frequencies.requirePositive("original context", originalContext);
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      return Frequencies.plain(theta, rotaryDim);
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim, int length) {
      if (length <= originalContext) {
        return inverseFrequencies(theta, rotaryDim);
      }
      double stretch = factor * length / originalContext - factor + 1;
      double exponent = rotaryDim / (rotaryDim - 2.0);
      return Frequencies.plain(theta * Math.pow(stretch, exponent), rotaryDim);
    }

    @Override
    public boolean sameFrequencies(int length, int otherLength) {
      return Math.max(length, originalContext) == Math.max(otherLength, originalContext);
    }
  }

  /**
   * YaRN (Peng et al., arXiv 2309.00071, section 3.4): pairs that turn more than {@code betaFast}
   * times within the original context stay, those that turn less than {@code betaSlow} times are
   * divided by the factor, and a ramp over the pairs leads from the ones to the others.
   *
   * @param factor divisor of the slow pairs
   * @param originalContext context length of the training, in positions
   * @param betaFast turns at which the ramp begins, 32 in the paper
   * @param betaSlow turns at which the ramp ends, 1 in the paper
   * @param truncate whether the ramp's ends are moved outwards to whole pairs
   * @param attentionFactor factor of all cosines and sines
   */
  record Yarn(
      double factor,
      int originalContext,
      double betaFast,
      double betaSlow,
      boolean truncate,
      double attentionFactor)
      implements RopeScaling {

    /** Width of a ramp without width, as in the reference code. */
    private static final double NARROWEST = 0.001;

    public Yarn {
      Frequencies.requirePositive("factor", factor);
      Frequencies.requirePositive("original context", originalContext);
      Frequencies.requirePositive("beta_fast", betaFast);
      Frequencies.requirePositive("beta_slow", betaSlow);
      Frequencies.requirePositive("attention factor", attentionFactor);
    }

    /** YaRN with the numbers of the paper. */
    public static Yarn of(double factor, int originalContext) {
      return new Yarn(factor, originalContext, 32, 1, true, magnitude(factor, 1));
    }

    /** {@code 0.1 · mscale · ln(factor) + 1} (equation 22), and 1 for factors up to 1. */
    public static double magnitude(double factor, double mscale) {
      return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      double first = pairThatTurns(betaFast, theta, rotaryDim);
      double last = pairThatTurns(betaSlow, theta, rotaryDim);
      if (truncate) {
        first = Math.floor(first);
        last = Math.ceil(last);
      }
      first = Math.max(first, 0);
      last = Math.min(last, rotaryDim - 1);
      double width = first == last ? NARROWEST : last - first;
      double[] frequencies = Frequencies.plain(theta, rotaryDim);
      for (int j = 0; j < frequencies.length; j++) {
        double divided = Math.clamp((j - first) / width, 0, 1);
        frequencies[j] = frequencies[j] / factor * divided + frequencies[j] * (1 - divided);
      }
      return frequencies;
    }

    /** The pair, in fractions, that makes so many turns within the original context. */
    private double pairThatTurns(double turns, double theta, int rotaryDim) {
      double wavelength = originalContext / turns;
      return rotaryDim * Math.log(wavelength / (2 * Math.PI)) / (2 * Math.log(theta));
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
      double[] frequencies = Frequencies.plain(theta, rotaryDim);
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
   * LongRoPE (Ding et al., arXiv 2402.13753): each pair's frequency divided by a factor of its own,
   * from one list for sequences up to the original context and from another for longer ones. The
   * attention factor is the same for both.
   *
   * @param shortFactors one per pair, positive
   * @param longFactors one per pair, positive
   * @param originalContext longest sequence of the short factors, in positions
   * @param attentionFactor factor of all cosines and sines
   */
  record LongRope(
      List<Double> shortFactors,
      List<Double> longFactors,
      int originalContext,
      double attentionFactor)
      implements RopeScaling {
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
      Frequencies.requirePositive("original context", originalContext);
      Frequencies.requirePositive("attention factor", attentionFactor);
    }

    /**
     * {@code √(1 + ln(factor) / ln(original context))}, and 1 for factors up to 1.
     *
     * @param factor the extended context over the original one
     */
    public static double magnitude(double factor, int originalContext) {
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalContext));
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim) {
      return Frequencies.divided(theta, rotaryDim, shortFactors);
    }

    @Override
    public double[] inverseFrequencies(double theta, int rotaryDim, int length) {
      return Frequencies.divided(theta, rotaryDim, isLong(length) ? longFactors : shortFactors);
    }

    @Override
    public boolean sameFrequencies(int length, int otherLength) {
      return isLong(length) == isLong(otherLength);
    }

    private boolean isLong(int length) {
      return length > originalContext;
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
      return Frequencies.divided(theta, rotaryDim, divisors);
    }
  }
}
