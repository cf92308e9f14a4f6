package dev.llamark.oracle;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Arrays;

/** Causal attention in double, rounded at the end. */
final class OracleAttention implements Attention {

  private final ThreadTeam team;

  OracleAttention(ThreadTeam team) {
    this.team = team;
  }

  @Override
  public void compute(
      float[] q,
      int qOffset,
      KeyValues cache,
      int firstPosition,
      int tokens,
      int heads,
      float scale,
      float[] out,
      int outOffset) {
    int headDim = cache.headDim();
    team.run(
        tokens * heads,
        part -> {
          int visible = firstPosition + part / heads + 1;
          int kvHead = part % heads / (heads / cache.kvHeads());
          int at = part * headDim;
          double[] p = softmax(scores(q, qOffset + at, cache, kvHead, scale, visible));
          for (int i = 0; i < headDim; i++) {
            out[outOffset + at + i] = (float) weightedValue(p, cache, kvHead, i);
          }
        });
  }

  /** {@code scale · q · k} for each visible position. */
  private static double[] scores(
      float[] q, int from, KeyValues cache, int kvHead, float scale, int visible) {
    double[] scores = new double[visible];
    for (int position = 0; position < visible; position++) {
      int key = cache.index(kvHead, position);
      double sum = 0;
      for (int i = 0; i < cache.headDim(); i++) {
        sum += (double) q[from + i] * element(cache, cache.keys(), cache.halfKeys(), key + i);
      }
      scores[position] = sum * scale;
    }
    return scores;
  }

  private static double[] softmax(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double[] exponentials = Arrays.stream(scores).map(score -> Math.exp(score - max)).toArray();
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(exponential -> exponential / sum).toArray();
  }

  /** Element {@code i} of the values, weighted by their probabilities. */
  private static double weightedValue(double[] p, KeyValues cache, int kvHead, int i) {
    double sum = 0;
    for (int position = 0; position < p.length; position++) {
      int value = cache.index(kvHead, position) + i;
      sum += p[position] * element(cache, cache.values(), cache.halfValues(), value);
    }
    return sum;
  }

  private static float element(KeyValues cache, float[] floats, short[] halves, int index) {
    return cache.dtype() == DType.F32 ? floats[index] : Float.float16ToFloat(halves[index]);
  }
}
