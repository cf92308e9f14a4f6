package dev.llamark.model;

import static dev.llamark.model.Tap.ACTIVATION;
import static dev.llamark.model.Tap.ATTENTION;
import static dev.llamark.model.Tap.ATTENTION_NORM;
import static dev.llamark.model.Tap.ATTENTION_RESIDUAL;
import static dev.llamark.model.Tap.DOWN;
import static dev.llamark.model.Tap.EMBEDDING;
import static dev.llamark.model.Tap.FFN_NORM;
import static dev.llamark.model.Tap.FFN_RESIDUAL;
import static dev.llamark.model.Tap.FINAL_NORM;
import static dev.llamark.model.Tap.GATE;
import static dev.llamark.model.Tap.KEY;
import static dev.llamark.model.Tap.LOGITS;
import static dev.llamark.model.Tap.PROJECTION;
import static dev.llamark.model.Tap.QUERY;
import static dev.llamark.model.Tap.ROTATED_KEY;
import static dev.llamark.model.Tap.ROTATED_QUERY;
import static dev.llamark.model.Tap.UP;
import static dev.llamark.model.Tap.VALUE;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.KeyValues;
import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.kernel.Rope;
import dev.llamark.kernel.SwiGlu;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.util.Arrays;

/**
 * A Llama-family model on the kernels of one variant (Touvron et al., arXiv 2302.13971, section
 * 2.2; grouped queries: arXiv 2307.09288; biases of query, key and value: Qwen2, arXiv 2407.10671;
 * their norms: Qwen3, arXiv 2505.09388). {@link #batch} is the whole forward pass, from top to
 * bottom. For one caller at a time, as its kernels are.
 */
public final class Llama implements AutoCloseable {

  /** Tokens of a prefill batch: enough to reuse each weight often, few enough to stay in cache. */
  public static final int DEFAULT_BATCH = 512;

  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final Kernels kernels;
  private final int maxBatch;
  private final PackedWeights packed;
  private final float scale;
  private RopeTable ropeTable;
  private Activations activations;

  private Llama(
      LlamaConfig config,
      LlamaWeights weights,
      WeightMapping mapping,
      Kernels kernels,
      int maxBatch) {
    weights.require(config);
    if (maxBatch < 1) {
      throw new IllegalArgumentException("Llama: batch must be at least 1, but is " + maxBatch);
    }
    this.config = config;
    this.weights = weights;
    this.kernels = kernels;
    this.maxBatch = maxBatch;
    this.packed = new PackedWeights(weights, kernels, mapping);
    this.scale = (float) (1 / Math.sqrt(config.headDim()));
    this.activations = new Activations(config, 1);
  }

  /** A model with batches of {@link #DEFAULT_BATCH} tokens. */
  public static Llama of(LlamaConfig config, LlamaWeights weights, Kernels kernels) {
    return of(config, weights, kernels, DEFAULT_BATCH);
  }

  /**
   * A model whose matrices are packed by {@code kernels} here, once.
   *
   * @param weights of the shapes that {@code config} gives; they must outlive the model
   * @param kernels a variant with all its operations; they must outlive the model
   * @param maxBatch largest number of tokens that go through the layers together
   * @throws InputException if a weight has another shape than {@code config} gives, or a type that
   *     the variant does not take
   */
  public static Llama of(LlamaConfig config, LlamaWeights weights, Kernels kernels, int maxBatch) {
    return new Llama(config, weights, WeightMapping.NONE, kernels, maxBatch);
  }

  /**
   * A model with batches of {@link #DEFAULT_BATCH} tokens, whose matrices are packed from a mapping
   * of their own.
   *
   * @param weights of the shapes that {@code config} gives; they must outlive the model
   * @param mapping gives each matrix for as long as it is read
   * @param kernels a variant with all its operations; they must outlive the model
   */
  public static Llama of(
      LlamaConfig config, LlamaWeights weights, WeightMapping mapping, Kernels kernels) {
    return new Llama(config, weights, mapping, kernels, DEFAULT_BATCH);
  }

  public LlamaConfig config() {
    return config;
  }

  public Kernels kernels() {
    return kernels;
  }

  /** Largest number of tokens that go through the layers together. */
  public int maxBatch() {
    return maxBatch;
  }

  /** Memory that the packed matrices hold besides the weights, in bytes. */
  public long packedBytes() {
    return packed.bytes();
  }

  /**
   * An empty cache for one sequence.
   *
   * @param capacity number of positions; also the length of the sequence for scalings of the rotary
   *     frequencies that depend on it
   * @param kv {@code F32}, or {@code F16} for half the memory
   */
  public KvCache newCache(int capacity, DType kv) {
    return newCache(capacity, kv, 0);
  }

  /**
   * An empty cache for one sequence whose first token stands at {@code firstPosition}, as if
   * nothing had been before it: a sample of a long context without the cost of what precedes.
   *
   * @param capacity number of positions
   * @param kv {@code F32}, or {@code F16} for half the memory
   * @param firstPosition at least 0
   */
  public KvCache newCache(int capacity, DType kv, int firstPosition) {
    KvCache.require(config, capacity, kv);
    if (firstPosition < 0 || firstPosition > Integer.MAX_VALUE - capacity) {
      throw new InputException(
          "first position must be from 0 to %d, but is %d"
              .formatted(Integer.MAX_VALUE - capacity, firstPosition));
    }
    int positions = firstPosition + capacity;
    if (ropeTable == null || !ropeTable.serves(positions)) {
      ropeTable = RopeTable.of(config.scaling(), config.theta(), config.rotaryDim(), positions);
    }
    return new KvCache(config, capacity, kv, firstPosition, ropeTable);
  }

  /** {@link #forward(int[], KvCache, Logits, TapListener)} that nobody watches. */
  public float[] forward(int[] tokens, KvCache cache, Logits wanted) {
    return forward(tokens, cache, wanted, TapListener.NONE);
  }

  /**
   * Appends tokens to a sequence.
   *
   * @param tokens their ids, at least one
   * @param cache the sequence before; it grows by the tokens
   * @param wanted for which tokens to compute logits
   * @param taps called after each step of each batch; where logits are wanted for the last token
   *     alone, the last block shows that token alone from its attention on
   * @return logits, (tokens × vocab) or (1 × vocab)
   * @throws InputException if a token is not in the vocabulary, or the cache has no room
   */
  public float[] forward(int[] tokens, KvCache cache, Logits wanted, TapListener taps) {
    long size = size(tokens.length, wanted);
    if (size > Integer.MAX_VALUE - 8) {
      throw new InputException(
          "logits of all %d tokens x %d entries exceed one array; ask for fewer tokens at once"
              .formatted(tokens.length, config.vocab()));
    }
    float[] logits = new float[(int) size];
    forward(tokens, cache, wanted, taps, logits);
    return logits;
  }

  /**
   * As {@link #forward(int[], KvCache, Logits, TapListener)}, into a given array: once the model
   * has seen a batch of this size, it allocates no array.
   *
   * @param logits result, (tokens × vocab) or (1 × vocab) from index 0
   */
  public void forward(
      int[] tokens, KvCache cache, Logits wanted, TapListener taps, float[] logits) {
    require(tokens, cache, wanted, logits);
    if (activations.rows < Math.min(tokens.length, maxBatch)) {
      activations = new Activations(config, Math.min(tokens.length, maxBatch));
    }
    for (int from = 0; from < tokens.length; from += maxBatch) {
      int rows = Math.min(maxBatch, tokens.length - from);
      boolean last = from + rows == tokens.length;
      int kept = wanted == Logits.ALL ? rows : last ? 1 : 0;
      batch(tokens, from, rows, kept, cache, taps);
      cache.advance(rows);
      if (kept > 0) {
        logits(kept, taps, logits, wanted == Logits.ALL ? from * config.vocab() : 0);
      }
    }
  }

  /**
   * Takes {@code batch} tokens through all layers. The last {@code kept} of them come out of the
   * last one, normalised for the output matrix.
   */
  private void batch(int[] tokens, int from, int batch, int kept, KvCache cache, TapListener taps) {
    int rows = batch;
    RmsNorm rmsNorm = kernels.rmsNorm();
    Rope rope = kernels.rope();
    MatMul matMul = kernels.matMul();
    Attention attention = kernels.attention();
    SwiGlu swiGlu = kernels.swiGlu();
    Activations a = activations;
    int hidden = config.hidden();
    int queryWidth = config.queryWidth();
    int kvWidth = config.kvWidth();
    int ffn = config.ffn();
    int position = cache.length();
    RopeTable table = cache.ropeTable();

    // Embedding: one row of the table per token, stream (rows × hidden)
    for (int row = 0; row < rows; row++) {
      a.positions[row] = cache.firstPosition() + position + row;
      weights.embedding().decodeRow(tokens[from + row], a.stream, row * hidden);
    }
    taps.after(EMBEDDING, -1, a.stream, rows, hidden);

    // First attention norm: normed (rows × hidden)
    rmsNorm.apply(a.stream, 0, attentionNorm(0), 0, rows, hidden, config.epsilon(), a.normed, 0);

    for (int l = 0; l < config.layers(); l++) {
      PackedWeights.Layer layer = packed.layer(l);
      LlamaWeights.Layer vectors = layer.weights();
      KeyValues keyValues = cache.layer(l);
      taps.after(ATTENTION_NORM, l, a.normed, rows, hidden);

      // Queries (rows × heads × headDim), keys and values (rows × kvHeads × headDim)
      matMul.applyAll(a.normed, 0, rows, layer.queryKeyValue(), a.queryKeyValue);
      addBias(matMul, vectors.queryBias(), rows, a.query);
      addBias(matMul, vectors.keyBias(), rows, a.key);
      addBias(matMul, vectors.valueBias(), rows, a.value);
      normalizeHeads(rmsNorm, vectors.queryNorm(), rows * config.heads(), a.query);
      normalizeHeads(rmsNorm, vectors.keyNorm(), rows * config.kvHeads(), a.key);
      taps.after(QUERY, l, a.query, rows, queryWidth);
      taps.after(KEY, l, a.key, rows, kvWidth);
      taps.after(VALUE, l, a.value, rows, kvWidth);

      // Rotation of queries and keys by their positions
      rotate(rope, table, rows, config.heads(), a.query);
      rotate(rope, table, rows, config.kvHeads(), a.key);
      taps.after(ROTATED_QUERY, l, a.query, rows, queryWidth);
      taps.after(ROTATED_KEY, l, a.key, rows, kvWidth);

      // Keys and values join those of the positions before
      keyValues.store(a.key, 0, a.value, 0, position, rows);

      // From the last block nothing is read but what goes to the output matrix
      if (l == config.layers() - 1 && kept < rows) {
        if (kept == 0) {
          return;
        }
        a.keepLast(config, rows, kept);
        position += rows - kept;
        rows = kept;
      }

      // Attention over all positions so far: (rows × heads × headDim)
      attention.apply(a.query, 0, keyValues, position, rows, config.heads(), scale, a.attention, 0);
      taps.after(ATTENTION, l, a.attention, rows, queryWidth);

      // Projection: delta (rows × hidden)
      matMul.apply(a.attention, 0, rows, layer.attentionOutput(), a.delta, 0);
      taps.after(PROJECTION, l, a.delta, rows, hidden);

      // Residual: stream += delta, and its norm for the feed-forward block
      addAndNormalize(rmsNorm, vectors.ffnNorm(), rows, taps, ATTENTION_RESIDUAL, l);
      taps.after(FFN_NORM, l, a.normed, rows, hidden);

      // Gate and up: (rows × ffn) each
      matMul.applyAll(a.normed, 0, rows, layer.gateUp(), a.gateUp);
      taps.after(GATE, l, a.gate, rows, ffn);
      taps.after(UP, l, a.up, rows, ffn);

      // SwiGLU: gate becomes the activation (rows × ffn)
      swiGlu.apply(a.gate, 0, a.up, 0, rows * ffn, a.gate, 0);
      taps.after(ACTIVATION, l, a.gate, rows, ffn);

      // Down: delta (rows × hidden)
      matMul.apply(a.gate, 0, rows, layer.down(), a.delta, 0);
      taps.after(DOWN, l, a.delta, rows, hidden);

      // Residual: stream += delta, and its norm for the next block, or the final one
      addAndNormalize(rmsNorm, attentionNorm(l + 1), rows, taps, FFN_RESIDUAL, l);
    }
  }

  /** The weight of block {@code layer}'s first norm; after the last block, of the final one. */
  private float[] attentionNorm(int layer) {
    return layer < config.layers()
        ? weights.layers().get(layer).attentionNorm()
        : weights.finalNorm();
  }

  private static void addBias(MatMul matMul, float[] bias, int rows, float[] out) {
    if (bias.length > 0) {
      matMul.addBias(bias, 0, rows, bias.length, out, 0);
    }
  }

  /** Each head by itself: x (heads × headDim), the heads of all tokens. */
  private void normalizeHeads(RmsNorm rmsNorm, float[] weight, int heads, float[] x) {
    if (weight.length > 0) {
      rmsNorm.apply(x, 0, weight, 0, heads, config.headDim(), config.epsilon(), x, 0);
    }
  }

  /** Turns x (rows × heads × headDim) in place. */
  private void rotate(Rope rope, RopeTable table, int rows, int heads, float[] x) {
    int[] positions = activations.positions;
    int headDim = config.headDim();
    rope.apply(x, 0, positions, 0, table, config.pairing(), rows, heads, headDim, x, 0);
  }

  /**
   * stream += delta, normed = norm of the stream, in one kernel. A listener that overwrites the
   * stream gets the norm of what it wrote.
   */
  private void addAndNormalize(
      RmsNorm rmsNorm, float[] weight, int rows, TapListener taps, Tap tap, int layer) {
    Activations a = activations;
    int hidden = config.hidden();
    float epsilon = config.epsilon();
    rmsNorm.addAndNormalize(a.stream, 0, a.delta, 0, weight, 0, rows, hidden, epsilon, a.normed, 0);
    if (taps == TapListener.NONE) {
      return;
    }
    int n = rows * hidden;
    float[] before = Arrays.copyOf(a.stream, n);
    taps.after(tap, layer, a.stream, rows, hidden);
    if (!Arrays.equals(before, 0, n, a.stream, 0, n)) {
      Arrays.fill(a.delta, 0, n, 0); // the same kernel, on what the listener wrote
      rmsNorm.addAndNormalize(
          a.stream, 0, a.delta, 0, weight, 0, rows, hidden, epsilon, a.normed, 0);
    }
  }

  /** Output matrix: the final norm (rows × hidden) to logits (rows × vocab). */
  private void logits(int rows, TapListener taps, float[] logits, int offset) {
    taps.after(FINAL_NORM, -1, activations.normed, rows, config.hidden());
    kernels.matMul().apply(activations.normed, 0, rows, packed.output(), logits, offset);
    if (taps != TapListener.NONE) {
      float[] live = Arrays.copyOfRange(logits, offset, offset + rows * config.vocab());
      taps.after(LOGITS, -1, live, rows, config.vocab());
      System.arraycopy(live, 0, logits, offset, live.length);
    }
  }

  private void require(int[] tokens, KvCache cache, Logits wanted, float[] logits) {
    if (!cache.config().equals(config)) {
      throw new IllegalArgumentException("Llama: the cache was made for another model");
    }
    config.requireTokens(tokens);
    if (tokens.length > cache.capacity() - cache.length()) {
      throw new InputException(
          "KV cache: %d tokens after %d do not fit into its %d positions"
              .formatted(tokens.length, cache.length(), cache.capacity()));
    }
    if (logits.length < size(tokens.length, wanted)) {
      throw new IllegalArgumentException(
          "Llama: logits need %d elements, but have %d"
              .formatted(size(tokens.length, wanted), logits.length));
    }
  }

  /** Elements of the logits wanted for {@code tokens} tokens. */
  private long size(int tokens, Logits wanted) {
    return (long) (wanted == Logits.ALL ? tokens : 1) * config.vocab();
  }

  /** Frees the packed matrices; kernels and weights stay with who gave them. */
  @Override
  public void close() {
    packed.close();
  }
}
