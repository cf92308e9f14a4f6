package dev.llamark.kernel.vector;

import java.util.Arrays;

/** What was found in each chunk of positions, and how it becomes one result. */
final class AttentionChunks {

  private float[] weighted = new float[0];
  private float[] highest = new float[0];
  private float[] factors = new float[0];
  private float[] sums = new float[0];
  private final float[] unused = new float[Lanes.COUNT];
  private int chunks;
  private int rows;
  private int headDim;

  /** Makes room. */
  void begin(int chunks, int rows, int headDim) {
    this.chunks = chunks;
    this.rows = rows;
    this.headDim = headDim;
    int all = ScoreRows.padded(chunks * rows);
    if (highest.length < all) {
      highest = new float[all];
      factors = new float[all];
      sums = new float[all];
    }
    if (weighted.length < chunks * rows * headDim) {
      weighted = new float[chunks * rows * headDim];
    }
  }

  /** Takes over a chunk's share of a row: its highest score, the sums of p and of p · v. */
  void put(int chunk, int row, float highest, float sum, float[] weighted, int from) {
    int at = chunk * rows + row;
    this.highest[at] = highest;
    sums[at] = sum;
    System.arraycopy(weighted, from, this.weighted, at * headDim, headDim);
  }

  /** Joins the chunks of each row, in order. */
  void join(float[] out, int outOffset) {
    int all = chunks * rows;
    for (int row = 0; row < rows; row++) {
      float top = Float.NEGATIVE_INFINITY;
      for (int at = row; at < all; at += rows) {
        top = highest[at] > top ? highest[at] : top;
      }
      top = top == Float.NEGATIVE_INFINITY ? 0 : top; // nothing but −∞
      for (int at = row; at < all; at += rows) {
        factors[at] = highest[at] - top;
      }
    }
    VectorExp.weights(factors, 0, ScoreRows.padded(all), 0, unused, 0);
    for (int row = 0; row < rows; row++) {
      int to = outOffset + row * headDim;
      Arrays.fill(out, to, to + headDim, 0);
      float sum = 0;
      for (int at = row; at < all; at += rows) {
        sum += sums[at] * factors[at];
        ScoreRows.add(factors[at], weighted, at * headDim, headDim, out, to);
      }
      ScoreRows.scale(out, to, headDim, 1 / sum);
    }
  }
}
