package dev.llamark.model;

/** The arrays through which a batch of at most {@code rows} tokens flows, used again and again. */
final class Activations {

  final int rows;

  /** Position of each token, (rows). */
  final int[] positions;

  /** The residual stream, (rows × hidden). */
  final float[] stream;

  /** The normalised stream, (rows × hidden). */
  final float[] normed;

  /** Queries, then rotated queries, (rows × heads × headDim). */
  final float[] query;

  /** Keys, then rotated keys, (rows × kvHeads × headDim). */
  final float[] key;

  /** Values, (rows × kvHeads × headDim). */
  final float[] value;

  /** What the heads read from the cache, (rows × heads × headDim). */
  final float[] attention;

  /** What a block adds to the stream, (rows × hidden). */
  final float[] delta;

  /** Gate projection, then its activation, (rows × ffn). */
  final float[] gate;

  /** Up projection, (rows × ffn). */
  final float[] up;

  /** {@link #query}, {@link #key} and {@link #value}: what one input gives together. */
  final float[][] queryKeyValue;

  /** {@link #gate} and {@link #up}: what one input gives together. */
  final float[][] gateUp;

  Activations(LlamaConfig config, int rows) {
    this.rows = rows;
    positions = new int[rows];
    stream = floats(config.hidden());
    normed = floats(config.hidden());
    query = floats(config.queryWidth());
    key = floats(config.kvWidth());
    value = floats(config.kvWidth());
    attention = floats(config.queryWidth());
    delta = floats(config.hidden());
    gate = floats(config.ffn());
    up = floats(config.ffn());
    queryKeyValue = new float[][] {query, key, value};
    gateUp = new float[][] {gate, up};
  }

  private float[] floats(int columns) {
    return new float[Math.multiplyExact(rows, columns)];
  }

  /** Of {@code rows} tokens only the last {@code kept} go on: their stream and queries move up. */
  void keepLast(LlamaConfig config, int rows, int kept) {
    int first = rows - kept;
    int hidden = config.hidden();
    int queryWidth = config.queryWidth();
    System.arraycopy(stream, first * hidden, stream, 0, kept * hidden);
    System.arraycopy(query, first * queryWidth, query, 0, kept * queryWidth);
  }
}
