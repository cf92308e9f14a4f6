package dev.llamark.kernel.vector;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;

/**
 * Attention in one pass over blocks of positions with a running maximum and sum (Dao et al., arXiv
 * 2205.14135). The queries that share a KV head go over its blocks together: many in register tiles
 * ({@link AttentionTiles}), few one by one ({@link AttentionRows}). A part is a KV head and some
 * tokens; where those are few, a part is also a chunk of positions, and the chunks are joined in
 * order.
 */
final class VectorAttention implements Attention {

  /** Rows (tokens × queries of a KV head) of a part, at most, unless one token has more. */
  private static final int ROWS = 32;

  /** With fewer tokens the lanes of a tile would idle. */
  private static final int TOKENS_FOR_TILES = 4;

  /** Rows of a part, at least: whole panels at every width. */
  private static final int FEWEST_ROWS = AttentionTiles.ROWS / 4;

  /** Parts that each thread should find: the last ones even out what came before. */
  private static final int PARTS_PER_THREAD = 4;

  /** Positions of a chunk. Fixed, so that results do not depend on the number of threads. */
  private static final int CHUNK = 1024;

  private final ThreadTeam team;
  private final AttentionRows[] scratch;
  private final AttentionTiles[] tiles;
  private final ThreadTeam.ThreadRegion region = this::part;
  private final ThreadTeam.ThreadRegion tileRegion = this::tilePart;
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
  private int rowsPerPart;
  private int tokenBlocks;
  private int chunks;

  VectorAttention(ThreadTeam team) {
    this.team = team;
    scratch = new AttentionRows[team.size()];
    tiles = new AttentionTiles[team.size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new AttentionRows();
      tiles[i] = new AttentionTiles();
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
    if (Lanes.FMA && tokens >= TOKENS_FOR_TILES && tokens * group >= TileShape.WIDTH) {
      rowsPerPart = AttentionTiles.ROWS;
      while (rowsPerPart > FEWEST_ROWS && tileParts() < PARTS_PER_THREAD * team.size()) {
        rowsPerPart /= 2; // panels stay what they are, and so do results
      }
      team.run(tileParts(), tileRegion);
      return;
    }
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

  private int tileParts() {
    return cache.kvHeads() * Math.ceilDiv(tokens * heads / cache.kvHeads(), rowsPerPart);
  }

  private void tilePart(int part, int thread) {
    int group = heads / cache.kvHeads();
    int rows = tokens * group;
    int blocks = Math.ceilDiv(rows, rowsPerPart);
    // the last rows see most positions: they go first
    int first = (blocks - 1 - part / cache.kvHeads()) * rowsPerPart;
    int kvHead = part % cache.kvHeads();
    int firstQuery = kvHead * group * cache.headDim();
    AttentionTiles panels = tiles[thread];
    panels.begin(first, Math.min(rowsPerPart, rows - first), group, cache.headDim());
    panels.load(q, qOffset + firstQuery, heads, firstPosition, scale);
    panels.attend(cache, kvHead);
    panels.finish(out, outOffset + firstQuery, heads);
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
