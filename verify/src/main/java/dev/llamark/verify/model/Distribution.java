package dev.llamark.verify.model;

import java.util.Arrays;

/** What the logits of one position say about the next token. */
public final class Distribution {

  private final double[] logits;

  Distribution(double[] logits) {
    this.logits = logits;
  }

  /** The logits {@code values[offset … offset + count − 1]}. */
  public static Distribution of(float[] values, int offset, int count) {
    double[] logits = new double[count];
    for (int i = 0; i < count; i++) {
      logits[i] = values[offset + i];
    }
    return new Distribution(logits);
  }

  /** Logarithms of the softmax, in double. */
  double[] logProbabilities() {
    double max = Arrays.stream(logits).max().orElseThrow();
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - max);
    }
    double shift = max + Math.log(sum);
    return Arrays.stream(logits).map(logit -> logit - shift).toArray();
  }

  /** Kullback-Leibler divergence of another distribution from this one, in nats: Σ p·ln(p/q). */
  double divergence(Distribution other) {
    double[] p = logProbabilities();
    double[] q = other.logProbabilities();
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double probability = Math.exp(p[i]);
      if (probability > 0) {
        sum += probability * (p[i] - q[i]);
      }
    }
    return sum < 0 ? 0 : sum; // rounding alone makes it negative
  }

  /** The most likely token, of equal ones the lowest; −1 where a logit is NaN. */
  public int top() {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Double.isNaN(logits[i])) {
        return -1;
      }
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** The {@code k} most likely tokens, the likeliest first, of equal ones the lowest first. */
  public int[] top(int k) {
    int[] best = new int[Math.min(k, logits.length)];
    int found = 0;
    for (int i = 0; i < logits.length; i++) {
      if (found == best.length && Double.compare(logits[i], logits[best[found - 1]]) <= 0) {
        continue;
      }
      int at = found < best.length ? found++ : found - 1;
      for (; at > 0 && Double.compare(logits[i], logits[best[at - 1]]) > 0; at--) {
        best[at] = best[at - 1];
      }
      best[at] = i;
    }
    return best;
  }

  /** By how much the most likely token's logit exceeds the next one's; 0 if there is one token. */
  public double margin() {
    int best = top();
    double second = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (i != best) {
        second = Math.max(second, logits[i]);
      }
    }
    return logits.length < 2 || best < 0 ? 0 : logits[best] - second;
  }

  /** Largest fraction of the logits that have one and the same value. */
  double sameness() {
    double[] sorted = logits.clone();
    Arrays.sort(sorted);
    int longest = 0;
    for (int i = 0, start = 0; i < sorted.length; i++) {
      if (Double.compare(sorted[i] + 0.0, sorted[start] + 0.0) != 0) {
        start = i;
      }
      longest = Math.max(longest, i - start + 1);
    }
    return (double) longest / sorted.length;
  }

  /** The first logit that is not finite; −1 if all are. */
  public int firstNotFinite() {
    for (int i = 0; i < logits.length; i++) {
      if (!Double.isFinite(logits[i])) {
        return i;
      }
    }
    return -1;
  }

  /** Mean of the squared logits. */
  public double meanSquare() {
    return Arrays.stream(logits).map(logit -> logit * logit).sum() / logits.length;
  }

  double logit(int token) {
    return logits[token];
  }
}
