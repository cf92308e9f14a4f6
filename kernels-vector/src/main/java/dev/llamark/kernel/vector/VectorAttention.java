package dev.llamark.kernel.vector;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;

/**
 * Attention in one pass over blocks of positions with a running maximum and sum (Dao et al., arXiv
 * 2205.14135). The queries that share a KV head go over its blocks together. A part is a KV head
 * and a few tokens; where those are few, a part is also a chunk of positions, and the chunks are
 * joined in order.
 */
final class VectorAttention implements Attention {

  /** Rows (tokens × queries of a KV head) of a part, at most, unless one token has more. */
  private static final int ROWS = 32;

  /** Positions of a chunk. Fixed, so that results do not depend on the number of threads. */
  private static final int CHUNK = 1024;

  private final ThreadTeam team;
  private final AttentionRows[] scratch;
  private final ThreadTeam.ThreadRegion region = this::part;
  private float[] partial = new float[0];
  private float[] q;
  private int qOffset;
  private KeyValues cache;
  private int firstPosition;
  private int tokens;
  private int heads;
  private float scale;
  private float[] out;
  private int outOffset;
  private int tokensPerPart;
  private int tokenBlocks;
  private int chunks;

  VectorAttention(ThreadTeam team) {
    this.team = team;
    scratch = new AttentionRows[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new AttentionRows();
    }
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
    this.q = q;
    this.qOffset = qOffset;
    this.cache = cache;
    this.firstPosition = firstPosition;
    this.tokens = tokens;
    this.heads = heads;
    this.scale = scale;
    this.out = out;
    this.outOffset = outOffset;
    int group = heads / cache.kvHeads();
    tokensPerPart = Math.max(1, ROWS / group);
    tokenBlocks = Math.ceilDiv(tokens, tokensPerPart);
    chunks = tokenBlocks == 1 ? Math.ceilDiv(firstPosition + tokens, CHUNK) : 1;
    if (chunks > 1) {
      int needed = chunks * tokens * heads * (cache.headDim() + 2);
      partial = partial.length < needed ? new float[needed] : partial;
    }
    team.run(cache.kvHeads() * tokenBlocks * chunks, region);
    if (chunks > 1) {
      join();
    }
  }

  private void part(int part, int thread) {
    int chunk = part % chunks;
    // the last tokens see most positions: they go first
    int block = tokenBlocks - 1 - part / chunks % tokenBlocks;
    int kvHead = part / chunks / tokenBlocks;
    int firstToken = block * tokensPerPart;
    int tokensHere = Math.min(tokensPerPart, tokens - firstToken);
    int group = heads / cache.kvHeads();
    AttentionRows rows = scratch[thread];
    rows.begin(tokensHere, group, firstPosition + firstToken, cache.headDim());
    int firstQuery = firstToken * heads + kvHead * group;
    int from = chunk * CHUNK;
    int end = firstPosition + firstToken + tokensHere;
    if (chunks > 1) {
      end = Math.min(end, from + CHUNK);
    }
    rows.attend(q, qOffset + firstQuery * cache.headDim(), heads, cache, kvHead, from, end, scale);
    if (chunks == 1) {
      rows.finish(out, outOffset + firstQuery * cache.headDim(), heads);
    } else {
      int row = chunk * tokens * heads + firstQuery;
      rows.save(partial, row * (cache.headDim() + 2), heads);
    }
  }

  /** Joins the chunks of each query, in order: (sum of V · p, maximum, sum of p) each. */
  private void join() {
    int headDim = cache.headDim();
    int stride = tokens * heads * (headDim + 2);
    for (int row = 0; row < tokens * heads; row++) {
      int from = row * (headDim + 2);
      float max = Float.NEGATIVE_INFINITY;
      for (int chunk = 0; chunk < chunks; chunk++) {
        max = Math.max(max, partial[chunk * stride + from + headDim]);
      }
      float reference = max == Float.NEGATIVE_INFINITY ? 0 : max;
      int to = outOffset + row * headDim;
      java.util.Arrays.fill(out, to, to + headDim, 0);
      float sum = 0;
      for (int chunk = 0; chunk < chunks; chunk++) {
        int at = chunk * stride + from;
        float factor = (float) Math.exp(partial[at + headDim] - reference);
        sum += partial[at + headDim + 1] * factor;
        for (int i = 0; i < headDim; i++) {
          out[to + i] += partial[at + i] * factor;
        }
      }
      for (int i = 0; i < headDim; i++) {
        out[to + i] /= sum;
      }
    }
  }
}
