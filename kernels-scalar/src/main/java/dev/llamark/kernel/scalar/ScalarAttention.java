package dev.llamark.kernel.scalar;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;

/** Attention as arXiv 1706.03762, equation 1, writes it: scores, softmax, weighted values. */
final class ScalarAttention implements Attention {

  private final ThreadTeam team;

  ScalarAttention(ThreadTeam team) {
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
    int queriesPerKvHead = heads / cache.kvHeads();
    team.run(
        tokens * heads,
        part -> {
          int token = part / heads;
          int kvHead = part % heads / queriesPerKvHead;
          float[] probabilities = new float[firstPosition + token + 1];
          scores(q, qOffset + part * headDim, cache, kvHead, scale, probabilities);
          softmax(probabilities);
          weightedValues(probabilities, cache, kvHead, out, outOffset + part * headDim);
        });
  }

  /** Fills {@code scores} with {@code scale · q · k} for each visible position. */
  private static void scores(
      float[] q, int from, KeyValues cache, int kvHead, float scale, float[] scores) {
    for (int position = 0; position < scores.length; position++) {
      int key = cache.index(kvHead, position);
      float sum = 0;
      for (int i = 0; i < cache.headDim(); i++) {
        sum += q[from + i] * element(cache, cache.keys(), cache.halfKeys(), key + i);
      }
      scores[position] = sum * scale;
    }
  }

  /** The largest score is subtracted first, so that no exponential overflows. */
  private static void softmax(float[] scores) {
    float max = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      max = Math.max(max, score);
    }
    float sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) Math.exp(scores[i] - max);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  private static void weightedValues(
      float[] probabilities, KeyValues cache, int kvHead, float[] out, int to) {
    for (int i = 0; i < cache.headDim(); i++) {
      float sum = 0;
      for (int position = 0; position < probabilities.length; position++) {
        int value = cache.index(kvHead, position) + i;
        sum += probabilities[position] * element(cache, cache.values(), cache.halfValues(), value);
      }
      out[to + i] = sum;
    }
  }

  private static float element(KeyValues cache, float[] floats, short[] halves, int index) {
    return cache.dtype() == DType.F32 ? floats[index] : Float.float16ToFloat(halves[index]);
  }
}
