package dev.llamark.text;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses the next token by its logit. The same seed and the same logits give the same tokens on
 * every machine; probabilities are computed in double.
 */
public final class Sampler {

  private final double temperature;
  private final double topP;
  private final SplittableRandom random;

  /**
   * @param temperature 0 for the largest logit, else the divisor of the logits
   * @param topP the smallest set of the likeliest tokens whose probabilities sum to at least this
   *     takes part, in (0, 1]
   * @param seed of the choices; without effect at temperature 0
   */
  public Sampler(double temperature, double topP, long seed) {
    if (!(temperature >= 0 && Double.isFinite(temperature))) {
      throw new IllegalArgumentException(
          "Sampler: temperature must be finite and at least 0, but is " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("Sampler: topP must be in (0, 1], but is " + topP);
    }
    this.temperature = temperature;
    this.topP = topP;
    this.random = new SplittableRandom(seed);
  }

  /** A sampler that always takes the largest logit. */
  public static Sampler greedy() {
    return new Sampler(0, 1, 0);
  }

  /** Whether a choice can be made: no logit is NaN and the largest is finite. */
  public static boolean valid(float[] logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      if (Float.isNaN(logit)) {
        return false;
      }
      largest = Math.max(largest, logit);
    }
    return Float.isFinite(largest);
  }

  /**
   * The next token; of equally large logits the one with the lowest id comes first.
   *
   * @param logits (vocab), {@linkplain #valid valid}
   */
  public int sample(float[] logits) {
    if (!valid(logits)) {
      throw new IllegalArgumentException(
          "Sampler: logits must not be NaN and the largest must be finite, but they are not");
    }
    int best = largest(logits);
    if (temperature == 0) {
      return best;
    }
    double[] probabilities = softmax(logits, logits[best]);
    return topP == 1 ? draw(probabilities, 1) : drawFromNucleus(logits, probabilities, best);
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  private double[] softmax(float[] logits, double largest) {
    double[] probabilities = new double[logits.length];
    double sum = 0;
    for (int id = 0; id < logits.length; id++) {
      probabilities[id] = Math.exp((logits[id] - largest) / temperature);
      sum += probabilities[id];
    }
    for (int id = 0; id < logits.length; id++) {
      probabilities[id] /= sum;
    }
    return probabilities;
  }

  /** The token in whose share of {@code total} a random point falls. */
  private int draw(double[] probabilities, double total) {
    double point = random.nextDouble() * total;
    double sum = 0;
    int last = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        sum += probabilities[i];
        last = i;
        if (point < sum) {
          return i;
        }
      }
    }
    return last; // rounding left the point beyond the sum
  }

  private int drawFromNucleus(float[] logits, double[] probabilities, int best) {
    double negligible = (1 - topP) / Math.max(1, logits.length - 1);
    int[] order = byLogit(logits, probabilities, Math.min(negligible, probabilities[best]));
    double[] nucleus = new double[order.length];
    double sum = 0;
    int size = 0;
    while (size < order.length && sum < topP) {
      nucleus[size] = probabilities[order[size]];
      sum += nucleus[size++];
    }
    return order[draw(Arrays.copyOf(nucleus, size), sum)];
  }

  /**
   * Ids from the largest logit to the smallest, equals by id. Those less likely than {@code least}
   * are left out before they are sorted: where that is (1 − topP) ÷ (n − 1), all of them together
   * cannot reach what the others lack to the sum of 1.
   */
  private static int[] byLogit(float[] logits, double[] probabilities, double least) {
    long[] keys = new long[logits.length];
    int size = 0;
    for (int id = 0; id < logits.length; id++) {
      if (probabilities[id] >= least) {
        keys[size++] = (long) ~ascending(logits[id]) << 32 | id;
      }
    }
    Arrays.sort(keys, 0, size);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }

  /** An int that orders as the float does; both zeros are equal. */
  private static int ascending(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits >= 0 ? bits : bits ^ 0x7FFFFFFF;
  }
}
