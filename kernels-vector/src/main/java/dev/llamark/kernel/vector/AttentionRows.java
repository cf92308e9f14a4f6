package dev.llamark.kernel.vector;

import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;
import java.util.Arrays;

/**
 * The running softmax of some rows: for each its highest score, the sum of its exponentials, and
 * their sum weighted with the values. A row is a query head of a token, all of one KV head; rows
 * are numbered (token × query of the KV head). One thread's scratch memory.
 */
final class AttentionRows {

  /** Rows at most: more go to {@link AttentionPanels}, of whose panels these are whole ones. */
  static final int MOST_ROWS = 32;

  /** Positions of a block. */
  static final int BLOCK = 256;

  /** Rows whose scores of a block stay in the first-level cache. */
  static final int PANEL = 16;

  private static final int N = Lanes.COUNT;
  private static final int WIDTH = AttentionTiles.WIDTH;
  private static final int HEIGHT = AttentionTiles.HEIGHT;

  /** From one row of scores to the next: behind them is room for a vector. */
  private static final int STRIDE = BLOCK + N;

  private final float[] scores = new float[PANEL * STRIDE];
  private final float[] highest = new float[MOST_ROWS];
  private final float[] sums = new float[MOST_ROWS * N];
  private final float[] factors = new float[PANEL];
  private final float[] unused = new float[N];

  /** Positions that each row sees, from 0 on. */
  private final int[] visible = new int[MOST_ROWS];

  private float[] queries = new float[0];
  private float[] weighted = new float[0];
  private float[] keys = new float[0];
  private float[] values = new float[0];
  private float[] columns = new float[0];
  private int rows;
  private int paddedRows;
  private int headDim;

  /** Elements of a value, with those that fill up the last tile. */
  private int paddedDim;

  private KeyValues cache;
  private int kvHead;

  /** Whether scores come from transposed keys: always where there are more rows than a panel's. */
  private boolean transposes;

  /** Makes room for the rows of a KV head, and forgets all. */
  void begin(KeyValues cache, int kvHead, int rows) {
    this.cache = cache;
    this.kvHead = kvHead;
    this.rows = rows;
    transposes = rows >= PANEL;
    headDim = cache.headDim();
    paddedRows = Math.ceilDiv(rows, HEIGHT) * HEIGHT;
    paddedDim = Math.ceilDiv(headDim, WIDTH) * WIDTH;
    if (keys.length < BLOCK * paddedDim) {
      queries = new float[MOST_ROWS * paddedDim];
      weighted = new float[MOST_ROWS * paddedDim];
      keys = new float[BLOCK * paddedDim];
      values = new float[BLOCK * paddedDim];
      columns = new float[BLOCK * paddedDim];
    }
    Arrays.fill(highest, 0, paddedRows, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, 0, paddedRows * N, 0);
    Arrays.fill(weighted, 0, paddedRows * paddedDim, 0);
    Arrays.fill(queries, rows * headDim, paddedRows * headDim, 0);
    Arrays.fill(visible, 0, paddedRows, 0);
  }

  /**
   * Takes over one row's query, scaled.
   *
   * @param position of the row's token: the last that it sees
   */
  void query(int row, float[] q, int from, float scale, int position) {
    visible[row] = position + 1;
    int to = row * headDim;
    for (int i = 0; i < headDim; i++) {
      queries[to + i] = scale * q[from + i];
    }
  }

  /** Goes over the positions from {@code from} to {@code end − 1} that each row may see. */
  void attend(int from, int end) {
    int last = Math.min(end, visible[rows - 1]);
    for (int position = from; position < last; position += BLOCK) {
      int count = Math.min(BLOCK, last - position);
      int at = cache.index(kvHead, position);
      boolean half = cache.dtype() == DType.F16;
      if (half) {
        widen(cache.halfKeys(), at, headDim, count, keys, headDim);
        widen(cache.halfValues(), at, headDim, count, values, paddedDim);
      } else if (paddedDim != headDim) {
        spread(cache.values(), at, headDim, count, values, paddedDim);
      }
      float[] k = half ? keys : cache.keys();
      boolean own = half || paddedDim != headDim;
      float[] v = own ? values : cache.values();
      block(k, half ? 0 : at, v, own ? 0 : at, position, count);
    }
  }

  private static void widen(
      short[] from, int offset, int headDim, int count, float[] to, int stride) {
    if (stride == headDim) {
      KeyValueTiles.widen(from, offset, count * headDim, to, 0);
      return;
    }
    for (int p = 0; p < count; p++) {
      KeyValueTiles.widen(from, offset + p * headDim, headDim, to, p * stride);
    }
  }

  private static void spread(
      float[] from, int offset, int headDim, int count, float[] to, int stride) {
    for (int p = 0; p < count; p++) {
      System.arraycopy(from, offset + p * headDim, to, p * stride, headDim);
    }
  }

  private void block(float[] k, int kFrom, float[] v, int vFrom, int position, int count) {
    if (transposes) {
      KeyColumns.transpose(k, kFrom, headDim, count, columns);
    }
    for (int first = 0; first < paddedRows; first += PANEL) {
      int here = Math.min(PANEL, paddedRows - first);
      int seen = Math.min(count, visible[Math.min(rows, first + here) - 1] - position);
      if (seen > 0) {
        if (transposes) {
          multiplyColumns(first, here, seen);
        } else {
          KeyDots.multiply(queries, rows, k, kFrom, headDim, seen, scores, STRIDE);
        }
        softmax(first, here, position, count);
        addWeighted(first, here, v, vFrom, position, count);
      }
    }
  }

  /** {@code scores = q · k}, (row × position). */
  private void multiplyColumns(int first, int here, int seen) {
    Arrays.fill(scores, 0, here * STRIDE, 0);
    for (int p = 0; p < seen; p += WIDTH) {
      for (int r = 0; r < here; r += HEIGHT) {
        AttentionTiles.add(
            queries,
            (first + r) * headDim,
            headDim,
            columns,
            p * headDim,
            WIDTH,
            headDim,
            scores,
            r * STRIDE + p,
            STRIDE);
      }
    }
  }

  /** Positions of a block that a row sees. */
  private int seen(int row, int position, int count) {
    return Math.clamp(visible[row] - position, 0, count);
  }

  /** Replaces scores by their exponentials; a new highest score rescales what was before. */
  private void softmax(int first, int here, int position, int count) {
    for (int r = 0; r < here; r++) {
      float before = highest[first + r];
      float top = ScoreRows.highest(scores, r * STRIDE, seen(first + r, position, count));
      top = top > before ? top : before;
      highest[first + r] = top;
      factors[r] = top == before ? 0 : before - top;
    }
    VectorExp.weights(factors, 0, ScoreRows.padded(here), 0, unused, 0);
    for (int r = 0; r < here; r++) {
      int row = first + r;
      if (factors[r] != 1) {
        ScoreRows.scale(sums, row * N, N, factors[r]);
        ScoreRows.scale(weighted, row * paddedDim, paddedDim, factors[r]);
      }
      float top = highest[row] == Float.NEGATIVE_INFINITY ? 0 : highest[row]; // nothing but −∞
      int whole = ScoreRows.padded(seen(row, position, count));
      VectorExp.weights(scores, r * STRIDE, whole, top, sums, row * N);
    }
  }

  /**
   * {@code weighted += Σ p · v}. Positions that only some rows of a tile see are added to those one
   * by one: 0 times what another must not see might be NaN.
   */
  private void addWeighted(int first, int here, float[] v, int vFrom, int position, int count) {
    for (int r = 0; r < here; r += HEIGHT) {
      int all = seen(first + r, position, count);
      for (int c = 0; c < paddedDim && all > 0; c += WIDTH) {
        AttentionTiles.add(
            scores,
            r * STRIDE,
            STRIDE,
            v,
            vFrom + c,
            paddedDim,
            all,
            weighted,
            (first + r) * paddedDim + c,
            paddedDim);
      }
      for (int row = first + r; row < Math.min(rows, first + r + HEIGHT); row++) {
        for (int p = all; p < seen(row, position, count); p++) {
          float weight = scores[(row - first) * STRIDE + p];
          ScoreRows.add(weight, v, vFrom + p * paddedDim, headDim, weighted, row * paddedDim);
        }
      }
    }
  }

  private float sum(int row) {
    float sum = 0;
    for (int i = 0; i < N; i++) {
      sum += sums[row * N + i];
    }
    return sum;
  }

  /** Stores a row's result. */
  void finish(int row, float[] out, int to) {
    float factor = 1 / sum(row);
    int from = row * paddedDim;
    for (int i = 0; i < headDim; i++) {
      out[to + i] = weighted[from + i] * factor;
    }
  }

  /** Stores what {@link AttentionChunks} joins. */
  void save(int row, AttentionChunks chunks, int chunk, int to) {
    chunks.put(chunk, to, highest[row], sum(row), weighted, row * paddedDim);
  }
}
