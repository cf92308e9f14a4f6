package dev.llamark.kernel.vector;

import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The running softmax of many rows as products of the float product's register tiles. A lane
 * belongs to a row throughout: scores are (position × row), so that maxima and sums go from vector
 * to vector, and the exponentials lie as the product with the values wants its weights. A row is a
 * query head of a token, all of one KV head; rows go in panels of {@link TileShape#WIDTH}. One
 * thread's scratch memory.
 */
final class AttentionPanels {

  /** Rows at most: they share what is done to a block of keys and values beforehand. */
  static final int ROWS = 512;

  private static final int N = Lanes.COUNT;
  private static final int WIDTH = TileShape.WIDTH;

  /** Positions of a block, whole tiles; a panel's scores stay in the second-level cache. */
  private static final int BLOCK = 32 * TileShape.FULL;

  private final float[] scores = new float[BLOCK * WIDTH];

  /** The exponentials of {@link #scores}. */
  private final MemorySegment weights = floats(BLOCK * WIDTH);

  private final float[] highest = new float[ROWS];
  private final float[] sums = new float[ROWS];
  private final float[] factors = new float[WIDTH];
  private final float[] unused = new float[N];

  /** Position of each row's token, the last that it sees. */
  private final float[] position = new float[ROWS];

  private MemorySegment queries = MemorySegment.NULL;

  /** {@link #queries} while they come in. */
  private float[] incoming = new float[0];

  private float[] weighted = new float[0];
  private float[] keys = new float[0];
  private float[] values = new float[0];
  private float[] keyTiles = new float[0];
  private float[] valueTiles = new float[0];
  private KeyValues cache;
  private int kvHead;
  private int rows;
  private int headDim;

  /** Elements of a value, with those that fill up the last tile. */
  private int paddedDim;

  private static MemorySegment floats(int count) {
    return Arena.ofAuto().allocate((long) count * Float.BYTES, 64);
  }

  /** Makes room for the rows of a KV head, and forgets all. */
  void begin(KeyValues cache, int kvHead, int rows) {
    this.cache = cache;
    this.kvHead = kvHead;
    this.rows = rows;
    headDim = cache.headDim();
    paddedDim = TileShape.padded(headDim);
    if (keys.length < BLOCK * headDim) {
      queries = floats(ROWS * headDim);
      incoming = new float[ROWS * headDim];
      weighted = new float[ROWS * paddedDim];
      keys = new float[BLOCK * headDim];
      values = new float[BLOCK * headDim];
      keyTiles = new float[BLOCK * headDim];
      valueTiles = new float[BLOCK * paddedDim + N];
    }
    Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0);
    Arrays.fill(position, -1); // of rows that fill up the last panel: they see nothing
    Arrays.fill(incoming, 0, panels() * WIDTH * headDim, 0);
  }

  /**
   * Takes over one row's query, scaled.
   *
   * @param position of the row's token
   */
  void query(int row, float[] q, int from, float scale, int position) {
    this.position[row] = position;
    int to = row / WIDTH * headDim * WIDTH + row % WIDTH;
    for (int i = 0; i < headDim; i++) {
      incoming[to + i * WIDTH] = scale * q[from + i];
    }
  }

  private int panels() {
    return Math.ceilDiv(rows, WIDTH);
  }

  /** End of the positions that a panel's last row sees: rows are in the order of their tokens. */
  private int visible(int panel) {
    return (int) position[Math.min(rows, (panel + 1) * WIDTH) - 1] + 1;
  }

  /** Goes over all positions that a row may see. */
  void attend() {
    int count = panels() * WIDTH * headDim;
    MemorySegment.copy(incoming, 0, queries, ValueLayout.JAVA_FLOAT, 0, count);
    int end = visible(panels() - 1);
    for (int from = 0; from < end; from += BLOCK) {
      int here = Math.min(BLOCK, end - from);
      int at = cache.index(kvHead, from);
      if (cache.dtype() == DType.F16) {
        KeyValueTiles.widen(cache.halfKeys(), at, here * headDim, keys, 0);
        KeyValueTiles.widen(cache.halfValues(), at, here * headDim, values, 0);
        block(keys, 0, values, 0, from, here);
      } else {
        block(cache.keys(), at, cache.values(), at, from, here);
      }
    }
  }

  private void block(float[] k, int kFrom, float[] v, int vFrom, int from, int count) {
    KeyValueTiles.packKeys(k, kFrom, headDim, count, keyTiles);
    for (int c = 0, to = 0; c < paddedDim; to += count * height(c), c += height(c)) {
      KeyValueTiles.packValues(
          v, vFrom + c, headDim - c, headDim, count, height(c), valueTiles, to);
    }
    for (int panel = 0; panel < panels(); panel++) {
      int seen = Math.min(count, visible(panel) - from);
      if (seen > 0) {
        int allSee = Math.clamp((int) position[panel * WIDTH] + 1 - from, 0, seen);
        softmax(panel, from, allSee, seen);
        // 0 times a NaN or an infinity that a row must not see would be NaN
        int together =
            allSee + KeyValueTiles.finite(v, vFrom + allSee * headDim, headDim, seen - allSee);
        addWeighted(panel, together, count, from > 0);
        for (int p = together; p < seen; p++) {
          addAlone(panel, p, from + p, v, vFrom + p * headDim);
        }
      }
    }
  }

  /** Scores of a block, (position × row), and their exponentials. */
  private void softmax(int panel, int from, int allSee, int seen) {
    int first = panel * WIDTH;
    long q = (long) first * headDim * Float.BYTES;
    for (int p = 0; p < seen; p += TileShape.FULL) {
      PanelTile.multiply(
          TileShape.FULL,
          keyTiles,
          p * headDim,
          queries,
          q,
          headDim,
          scores,
          p * WIDTH,
          WIDTH,
          false);
    }
    ScoreColumns.mask(scores, allSee, seen, position, first, from);
    if (ScoreColumns.raise(scores, seen, highest, first, factors) && from > 0) {
      VectorExp.weights(factors, 0, WIDTH, 0, unused, 0);
      ScoreColumns.scale(weighted, panel * paddedDim, paddedDim, factors);
      ScoreColumns.scale(sums, panel, 1, factors);
    }
    VectorExp.columns(scores, seen, highest, first, weights, sums);
  }

  private int height(int element) {
    return TileShape.height(paddedDim - element);
  }

  /** {@code weighted += Σ p · v[p]}, (element × row). */
  private void addWeighted(int panel, int seen, int count, boolean add) {
    int first = panel * paddedDim;
    for (int c = 0, v = 0; c < paddedDim; v += count * height(c), c += height(c)) {
      int to = (first + c) * WIDTH;
      PanelTile.multiply(height(c), valueTiles, v, weights, 0, seen, weighted, to, WIDTH, add);
    }
  }

  /** One position's value, for those rows that see it. */
  private void addAlone(int panel, int p, int at, float[] v, int vFrom) {
    for (int lane = 0; lane < WIDTH; lane++) {
      if (position[panel * WIDTH + lane] >= at) {
        float weight = weights.getAtIndex(ValueLayout.JAVA_FLOAT, (long) p * WIDTH + lane);
        for (int c = 0; c < headDim; c++) {
          weighted[(panel * paddedDim + c) * WIDTH + lane] += weight * v[vFrom + c];
        }
      }
    }
  }

  /** Stores a row's result. */
  void finish(int row, float[] out, int to) {
    float factor = 1 / sums[row];
    int from = row / WIDTH * paddedDim * WIDTH + row % WIDTH;
    for (int i = 0; i < headDim; i++) {
      out[to + i] = weighted[from + i * WIDTH] * factor;
    }
  }
}
