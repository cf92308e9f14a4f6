package dev.llamark.kernel.vector;

import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import jdk.incubator.vector.VectorSpecies;

/**
 * The running softmax of many queries that share a KV head, as products of register tiles. A lane
 * belongs to a query throughout: scores are (position × query), so that maxima and sums go from
 * vector to vector, and the exponentials lie as the product with the values wants its weights. One
 * thread's scratch memory.
 *
 * <p>A row is a query head of a token; rows go in panels of {@link TileShape#WIDTH}.
 */
final class AttentionTiles {

  /** Rows of a part, at most: they share what is done to a block of keys and values beforehand. */
  static final int ROWS = 384;

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final int WIDTH = TileShape.WIDTH;
  private static final int KEYS = KeyValueTiles.HEIGHT;

  /** Positions of a block, whole tiles; a panel's exponentials stay in the first-level cache. */
  private static final int BLOCK = 64 * KEYS;

  private final float[] scores = new float[BLOCK * WIDTH];
  private final float[] max = new float[ROWS];
  private final float[] sum = new float[ROWS];
  private final float[] factor = new float[WIDTH];

  /** Position of each row's token. */
  private final float[] position = new float[ROWS];

  private float[] queries = new float[0];
  private float[] weighted = new float[0];
  private float[] keys = new float[0];
  private float[] values = new float[0];
  private float[] keyTiles = new float[0];
  private float[] valueTiles = new float[0];
  private int rows;
  private int firstRow;
  private int group;
  private int headDim;

  /** Elements of a value, with those that fill up the last tile. */
  private int paddedDim;

  /** Makes room, and forgets all. Rows are numbered (token × query of the KV head). */
  void begin(int firstRow, int rows, int group, int headDim) {
    this.firstRow = firstRow;
    this.rows = rows;
    this.group = group;
    this.headDim = headDim;
    paddedDim = TileShape.padded(headDim);
    if (keys.length < BLOCK * headDim) {
      queries = new float[ROWS * headDim];
      weighted = new float[ROWS * paddedDim];
      keys = new float[BLOCK * headDim];
      values = new float[BLOCK * headDim];
      keyTiles = new float[BLOCK * headDim];
      valueTiles = new float[BLOCK * paddedDim + N];
    }
    Arrays.fill(max, Float.NEGATIVE_INFINITY);
    Arrays.fill(sum, 0);
  }

  /**
   * Takes the queries, multiplied by {@code scale}.
   *
   * @param from index of the KV head's first query of token 0
   * @param heads query heads of a token
   * @param firstPosition position of token 0
   */
  void load(float[] q, int from, int heads, int firstPosition, float scale) {
    for (int row = 0; row < ROWS; row++) {
      int to = row / WIDTH * headDim * WIDTH + row % WIDTH;
      if (row < rows) {
        int token = (firstRow + row) / group;
        int at = from + (token * heads + (firstRow + row) % group) * headDim;
        position[row] = firstPosition + token;
        spread(q, at, headDim, scale, queries, to);
      } else if (row < panels() * WIDTH) {
        position[row] = firstPosition + (firstRow + rows - 1) / group;
        spread(q, from, headDim, 0, queries, to);
      }
    }
  }

  private static void spread(float[] q, int at, int count, float scale, float[] to, int first) {
    for (int i = 0; i < count; i++) {
      to[first + i * WIDTH] = scale * q[at + i];
    }
  }

  private int panels() {
    return Math.ceilDiv(rows, WIDTH);
  }

  /** Goes over all positions that a row may see. */
  void attend(KeyValues cache, int kvHead) {
    int end = visible(panels() - 1);
    for (int from = 0; from < end; from += BLOCK) {
      int count = Math.min(BLOCK, end - from);
      int at = cache.index(kvHead, from);
      if (cache.dtype() == DType.F16) {
        widen(cache.halfKeys(), at, keys, count * headDim);
        widen(cache.halfValues(), at, values, count * headDim);
        block(keys, 0, values, 0, from, count);
      } else {
        block(cache.keys(), at, cache.values(), at, from, count);
      }
    }
  }

  /** Number of positions that a panel's last row sees. */
  private int visible(int panel) {
    return (int) position[Math.min(rows, (panel + 1) * WIDTH) - 1] + 1;
  }

  /** A plain loop: the compiler vectorises this conversion, the Vector API has none. */
  private static void widen(short[] from, int offset, float[] to, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = Float.float16ToFloat(from[offset + i]);
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
        multiplyKeys(panel, seen);
        int rowsFrom = panel * WIDTH;
        int allSee = Math.max(0, (int) position[rowsFrom] + 1 - from);
        ScoreColumns.mask(scores, allSee, seen, position, rowsFrom, from);
        boolean moved = ScoreColumns.raise(scores, seen, max, rowsFrom, factor);
        ScoreColumns.exponentials(scores, seen, max, factor, sum, rowsFrom);
        int to = panel * paddedDim * WIDTH;
        if (from > 0 && moved) {
          ScoreColumns.rescale(weighted, to, paddedDim, factor);
        }
        addWeighted(seen, count, to, from > 0);
      }
    }
  }

  /** {@code scores = k · q}, (position × row). */
  private void multiplyKeys(int panel, int count) {
    int q = panel * headDim * WIDTH;
    for (int p = 0; p < count; p += KEYS) {
      PanelTile.multiply6(
          keyTiles, p * headDim, queries, q, headDim, scores, p * WIDTH, WIDTH, false);
    }
  }

  private int height(int element) {
    return TileShape.lowHeight(headDim - element);
  }

  /** {@code weighted += Σ p · v[p]}, (element × row). */
  private void addWeighted(int seen, int count, int to, boolean add) {
    for (int c = 0, v = 0; c < paddedDim; v += count * height(c), c += height(c)) {
      int at = to + c * WIDTH;
      switch (height(c)) {
        case 4 -> LowPanelTile.multiply4(valueTiles, v, scores, 0, seen, weighted, at, WIDTH, add);
        case 5 -> LowPanelTile.multiply5(valueTiles, v, scores, 0, seen, weighted, at, WIDTH, add);
        default -> PanelTile.multiply6(valueTiles, v, scores, 0, seen, weighted, at, WIDTH, add);
      }
    }
  }

  /**
   * Divides by the sums.
   *
   * @param to index of the KV head's first result of token 0
   */
  void finish(float[] out, int to, int heads) {
    for (int row = 0; row < rows; row++) {
      int token = (firstRow + row) / group;
      int at = to + (token * heads + (firstRow + row) % group) * headDim;
      int from = row / WIDTH * paddedDim * WIDTH + row % WIDTH;
      collect(weighted, from, headDim, 1 / sum[row], out, at);
    }
  }

  private static void collect(
      float[] weighted, int from, int count, float factor, float[] out, int at) {
    for (int i = 0; i < count; i++) {
      out[at + i] = weighted[from + i * WIDTH] * factor;
    }
  }
}
