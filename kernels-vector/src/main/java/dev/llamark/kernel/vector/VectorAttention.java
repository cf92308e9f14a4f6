package dev.llamark.kernel.vector;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.run.ThreadTeam;

/**
 * Attention in one pass over blocks of positions with a running maximum and sum (Dao et al., arXiv
 * 2205.14135). The queries that share a KV head go over its blocks together. A part is a KV head
 * and some rows: many with a lane each ({@link AttentionPanels}), few as they lie in memory ({@link
 * AttentionRows}). Where they are few, a part is also a chunk of positions, and the chunks are
 * joined in order.
 */
final class VectorAttention implements Attention {

  /** Parts that each thread should find: the last ones even out what came before. */
  private static final int PARTS_PER_THREAD = 4;

  /** Parts that chunks should give. Fixed, so that results do not depend on the threads. */
  private static final int CHUNKED_PARTS = 16;

  /** Positions of a chunk are a multiple of this: fewer are not worth a hand-over. */
  private static final int CHUNK_STEP = 64;

  private final ThreadTeam team;
  private final AttentionRows[] fewRows;
  private final AttentionPanels[] manyRows;
  private final AttentionChunks partial = new AttentionChunks();
  private final ThreadTeam.ThreadRegion region = this::part;
  private float[] q;
  private int qOffset;
  private KeyValues cache;
  private int firstPosition;
  private int heads;
  private float scale;
  private float[] out;
  private int outOffset;

  /** Rows of a KV head, and of a part. */
  private int rows;

  private int rowsPerPart;
  private int chunks;
  private int positionsPerChunk;

  VectorAttention(ThreadTeam team) {
    this.team = team;
    fewRows = new AttentionRows[team.size()];
    manyRows = new AttentionPanels[team.size()];
    for (int i = 0; i < fewRows.length; i++) {
      fewRows[i] = new AttentionRows();
      manyRows[i] = new AttentionPanels();
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
    this.heads = heads;
    this.scale = scale;
    this.out = out;
    this.outOffset = outOffset;
    rows = tokens * (heads / cache.kvHeads());
    int positions = firstPosition + tokens;
    if (rows <= AttentionRows.MOST_ROWS) {
      rowsPerPart = rows;
      int wanted = Math.ceilDiv(positions * cache.kvHeads(), CHUNKED_PARTS);
      positionsPerChunk = Math.ceilDiv(wanted, CHUNK_STEP) * CHUNK_STEP;
      chunks = Math.ceilDiv(positions, positionsPerChunk);
    } else {
      chunks = 1;
      rowsPerPart = AttentionPanels.ROWS;
      while (rowsPerPart > AttentionRows.MOST_ROWS && parts() < PARTS_PER_THREAD * team.size()) {
        rowsPerPart /= 2; // panels stay what they are, and so do results
      }
    }
    if (chunks > 1) {
      partial.begin(chunks, tokens * heads, cache.headDim());
    }
    team.run(parts(), region);
    if (chunks > 1) {
      partial.join(out, outOffset);
    }
  }

  private int parts() {
    return cache.kvHeads() * Math.ceilDiv(rows, rowsPerPart) * chunks;
  }

  private void part(int part, int thread) {
    if (rows <= AttentionRows.MOST_ROWS) {
      chunkPart(part % chunks, part / chunks, fewRows[thread]);
      return;
    }
    // the last rows see most positions: they go first
    int block = Math.ceilDiv(rows, rowsPerPart) - 1 - part / cache.kvHeads();
    int first = block * rowsPerPart;
    int here = Math.min(rowsPerPart, rows - first);
    panelPart(part % cache.kvHeads(), first, here, manyRows[thread]);
  }

  private void chunkPart(int chunk, int kvHead, AttentionRows attention) {
    attention.begin(cache, kvHead, rows);
    for (int i = 0; i < rows; i++) {
      int from = qOffset + row(i, kvHead) * cache.headDim();
      attention.query(i, q, from, scale, firstPosition + token(i));
    }
    attention.attend(chunk * positionsPerChunk, (chunk + 1) * positionsPerChunk);
    for (int i = 0; i < rows; i++) {
      int row = row(i, kvHead);
      if (chunks > 1) {
        attention.save(i, partial, chunk, row);
      } else {
        attention.finish(i, out, outOffset + row * cache.headDim());
      }
    }
  }

  private void panelPart(int kvHead, int first, int here, AttentionPanels attention) {
    attention.begin(cache, kvHead, here);
    for (int i = 0; i < here; i++) {
      int from = qOffset + row(first + i, kvHead) * cache.headDim();
      attention.query(i, q, from, scale, firstPosition + token(first + i));
    }
    attention.attend();
    for (int i = 0; i < here; i++) {
      attention.finish(i, out, outOffset + row(first + i, kvHead) * cache.headDim());
    }
  }

  private int token(int row) {
    return row / (heads / cache.kvHeads());
  }

  /** A KV head's row among all (token × head). */
  private int row(int row, int kvHead) {
    int group = heads / cache.kvHeads();
    return row / group * heads + kvHead * group + row % group;
  }
}
