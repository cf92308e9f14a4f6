package dev.llamark.oracle;

import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;

/**
 * Attention of one query head in double (arXiv 1706.03762, equation 1), and how far float
 * arithmetic may be from it.
 *
 * <p>A score has an error of at most {@code δ = γ·Σ|q·k|·scale}; scores that are off by δ change a
 * probability by at most the factor {@code e^2δ}. To that come the roundings of the weighted sum
 * over T positions and the error of the exponential. Whatever the scores, the result lies among the
 * values.
 */
public final class AttentionOracle {

  /** Roundings of a score besides its sum: by the scale, from the maximum, of a changed base. */
  private static final int SCORE_ROUNDINGS = 4;

  /** Roundings of a probability besides its sum: quotient, product, partial sums put together. */
  private static final int OTHER_ROUNDINGS = 16;

  /** Relative error of a kernel's exponential: 4 ulp. */
  private static final double EXPONENTIAL = 8 * Bounds.U;

  private AttentionOracle() {}

  /** Largest error of each element, and the error beyond which rounding is an unlikely cause. */
  record Bound(double[] allowed, double[] typical) {}

  /**
   * {@code scale · q · k} of the first {@code visible} positions.
   *
   * @param q the query head, (headDim) from index {@code from}
   */
  public static double[] scores(
      float[] q, int from, KeyValues cache, int kvHead, float scale, int visible) {
    double[] scores = new double[visible];
    float[] key = new float[cache.headDim()];
    for (int position = 0; position < visible; position++) {
      load(cache, cache.keys(), cache.halfKeys(), kvHead, position, key);
      scores[position] = MatMulOracle.dot(q, from, key) * scale;
    }
    return scores;
  }

  /** {@code e^score / Σ e^score}. */
  public static double[] softmax(double[] scores) {
    double max = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      max = Math.max(max, score);
    }
    double[] probabilities = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] = Math.exp(scores[i] - max);
      sum += probabilities[i];
    }
    for (int i = 0; i < scores.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  /** {@code Σ_j probabilities[j] · v_j}, (headDim). */
  public static double[] weightedValues(double[] probabilities, KeyValues cache, int kvHead) {
    double[] sums = new double[cache.headDim()];
    float[] value = new float[cache.headDim()];
    for (int position = 0; position < probabilities.length; position++) {
      load(cache, cache.values(), cache.halfValues(), kvHead, position, value);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += probabilities[position] * value[i];
      }
    }
    return sums;
  }

  /** The value vector of a position, decoded. */
  static float[] value(KeyValues cache, int kvHead, int position) {
    float[] value = new float[cache.headDim()];
    load(cache, cache.values(), cache.halfValues(), kvHead, position, value);
    return value;
  }

  private static void load(
      KeyValues cache, float[] floats, short[] halves, int kvHead, int position, float[] to) {
    int from = cache.index(kvHead, position);
    if (cache.dtype() == DType.F32) {
      System.arraycopy(floats, from, to, 0, to.length);
      return;
    }
    for (int i = 0; i < to.length; i++) {
      to[i] = Float.float16ToFloat(halves[from + i]);
    }
  }

  /** Largest {@code Σ|q·k|} of the visible positions at which it is finite. */
  static double scoreMagnitude(float[] q, int from, KeyValues cache, int kvHead, int visible) {
    double largest = 0;
    float[] key = new float[cache.headDim()];
    for (int position = 0; position < visible; position++) {
      load(cache, cache.keys(), cache.halfKeys(), kvHead, position, key);
      double sum = 0;
      for (int i = 0; i < key.length; i++) {
        sum += Math.abs((double) q[from + i] * key[i]);
      }
      if (Double.isFinite(sum)) {
        largest = Math.max(largest, sum);
      }
    }
    return largest;
  }

  /** Whether floats can hold the scores, in whatever order; beyond it the result is free. */
  static boolean inDomain(double scoreMagnitude) {
    return scoreMagnitude < 0.99 * Float.MAX_VALUE;
  }

  /**
   * The bounds of one query head's result.
   *
   * @param probabilities the oracle's
   * @param scoreMagnitude {@link #scoreMagnitude}, times the scale
   */
  static Bound bound(double[] probabilities, double scoreMagnitude, KeyValues cache, int kvHead) {
    int headDim = cache.headDim();
    int positions = probabilities.length + OTHER_ROUNDINGS;
    double delta = Bounds.gamma(headDim + SCORE_ROUNDINGS) * scoreMagnitude;
    double likelyDelta = Bounds.typical(headDim + SCORE_ROUNDINGS) * scoreMagnitude;
    double relative = Math.expm1(2 * delta) + Bounds.gamma(positions) + EXPONENTIAL;
    double likely = Math.expm1(2 * likelyDelta) + Bounds.typical(positions) + EXPONENTIAL;

    Bound bound = new Bound(new double[headDim], new double[headDim]);
    Range range = new Range(headDim);
    double[] magnitudes = new double[headDim];
    for (int position = 0; position < probabilities.length; position++) {
      float[] value = value(cache, kvHead, position);
      range.add(value);
      for (int i = 0; i < headDim; i++) {
        magnitudes[i] += probabilities[position] * Math.abs(value[i]);
      }
    }
    for (int i = 0; i < headDim; i++) {
      double lost = probabilities.length * Float.MIN_NORMAL * range.magnitude(i);
      double widest = range.width(i) + Bounds.gamma(positions) * range.magnitude(i);
      bound.allowed[i] = atMost(relative * magnitudes[i] + lost, widest) + Bounds.UNDERFLOW;
      bound.typical[i] = atMost(likely * magnitudes[i] + lost, widest) + Bounds.UNDERFLOW;
    }
    return bound;
  }

  private static double atMost(double bound, double limit) {
    return bound < limit ? bound : limit; // the limit also where the bound is not a number
  }

  /** Smallest and largest value seen of each element. */
  private static final class Range {
    private final double[] min;
    private final double[] max;

    Range(int size) {
      min = new double[size];
      max = new double[size];
      java.util.Arrays.fill(min, Double.POSITIVE_INFINITY);
      java.util.Arrays.fill(max, Double.NEGATIVE_INFINITY);
    }

    void add(float[] values) {
      for (int i = 0; i < values.length; i++) {
        min[i] = Math.min(min[i], values[i]);
        max[i] = Math.max(max[i], values[i]);
      }
    }

    double width(int i) {
      return max[i] - min[i];
    }

    double magnitude(int i) {
      return Math.max(Math.abs(min[i]), Math.abs(max[i]));
    }
  }
}
