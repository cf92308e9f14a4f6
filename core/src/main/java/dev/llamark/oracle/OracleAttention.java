package dev.llamark.oracle;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;

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
          double[] p =
              AttentionOracle.softmax(
                  AttentionOracle.scores(q, qOffset + at, cache, kvHead, scale, visible));
          double[] read = AttentionOracle.weightedValues(p, cache, kvHead);
          for (int i = 0; i < headDim; i++) {
            out[outOffset + at + i] = (float) read[i];
          }
        });
  }
}
