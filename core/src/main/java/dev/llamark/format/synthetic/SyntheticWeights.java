package dev.llamark.format.synthetic;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Preset;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws the weights of a {@link Preset}. Deviations are chosen so that the model behaves like a
 * trained one where faults must show: a residual stream so small that epsilon matters in every
 * norm, attention that prefers some positions, logits of a few units. Tensors are named as in GGUF.
 */
final class SyntheticWeights {

  private static final ValueLayout.OfFloat FLOAT_LE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Elements that one thread draws at a time. */
  private static final int CHUNK = 1 << 20;

  private static final double EMBEDDING_DEVIATION = 0.02;

  /** Deviation of a query's and of a key's elements, for scores of a few units. */
  private static final double QUERY_KEY_DEVIATION = 1.7;

  /** Deviation of what attention and feed-forward block each add to the residual stream. */
  private static final double RESIDUAL_DEVIATION = 0.02;

  private static final double LOGIT_DEVIATION = 3;
  private static final double NORM_DEVIATION = 0.1;
  private static final double BIAS_DEVIATION = 0.1;

  private final Preset preset;
  private final LlamaConfig config;
  private final DType dtype;
  private final long seed;
  private final Arena arena;

  SyntheticWeights(Preset preset, DType dtype, long seed, Arena arena) {
    this.preset = preset;
    this.config = preset.config();
    this.dtype = dtype;
    this.seed = seed;
    this.arena = arena;
  }

  LlamaWeights generate() {
    int hidden = config.hidden();
    Matrix embedding = matrix("token_embd.weight", config.vocab(), hidden, EMBEDDING_DEVIATION);
    List<LlamaWeights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer("blk." + i + "."));
    }
    double outputDeviation = LOGIT_DEVIATION / Math.sqrt(hidden);
    if (preset.tied()) {
      double scale = outputDeviation / EMBEDDING_DEVIATION;
      return new LlamaWeights(
          embedding, layers, norm("output_norm.weight", hidden, scale), embedding);
    }
    Matrix output = matrix("output.weight", config.vocab(), hidden, outputDeviation);
    return new LlamaWeights(embedding, layers, norm("output_norm.weight", hidden, 1), output);
  }

  private LlamaWeights.Layer layer(String prefix) {
    int hidden = config.hidden();
    int queryWidth = config.queryWidth();
    int kvWidth = config.kvWidth();
    double unit = 1 / Math.sqrt(hidden);
    return new LlamaWeights.Layer(
        norm(prefix + "attn_norm.weight", hidden, 1),
        matrix(prefix + "attn_q.weight", queryWidth, hidden, QUERY_KEY_DEVIATION * unit),
        matrix(prefix + "attn_k.weight", kvWidth, hidden, QUERY_KEY_DEVIATION * unit),
        matrix(prefix + "attn_v.weight", kvWidth, hidden, unit),
        bias(prefix + "attn_q.bias", queryWidth),
        bias(prefix + "attn_k.bias", kvWidth),
        bias(prefix + "attn_v.bias", kvWidth),
        headNorm(prefix + "attn_q_norm.weight"),
        headNorm(prefix + "attn_k_norm.weight"),
        matrix(prefix + "attn_output.weight", hidden, queryWidth, residual(queryWidth)),
        norm(prefix + "ffn_norm.weight", hidden, 1),
        matrix(prefix + "ffn_gate.weight", config.ffn(), hidden, unit),
        matrix(prefix + "ffn_up.weight", config.ffn(), hidden, unit),
        matrix(prefix + "ffn_down.weight", hidden, config.ffn(), residual(config.ffn())));
  }

  private static double residual(int inputs) {
    return RESIDUAL_DEVIATION / Math.sqrt(inputs);
  }

  private float[] norm(String name, int width, double scale) {
    float[] weights = vector(name, width, NORM_DEVIATION * scale);
    for (int i = 0; i < width; i++) {
      weights[i] += (float) scale;
    }
    return weights;
  }

  private float[] headNorm(String name) {
    return preset.headNorms() ? norm(name, config.headDim(), QUERY_KEY_DEVIATION) : new float[0];
  }

  private float[] bias(String name, int width) {
    return preset.biased() ? vector(name, width, BIAS_DEVIATION) : new float[0];
  }

  private float[] vector(String name, int width, double deviation) {
    float[] values = new float[width];
    new IndexedNoise(seed, name).fill(0, deviation, values);
    return values;
  }

  private Matrix matrix(String name, int rows, int columns, double deviation) {
    MemorySegment data = arena.allocate(dtype.bytes((long) rows * columns), 64);
    Matrix matrix = new Matrix(name, dtype, rows, columns, data);
    IndexedNoise noise = new IndexedNoise(seed, name);
    int rowsAtOnce = Math.max(1, CHUNK / columns);
    IntStream.range(0, (rows + rowsAtOnce - 1) / rowsAtOnce)
        .parallel()
        .forEach(
            chunk -> {
              float[] values = new float[columns];
              int last = Math.min(rows, (chunk + 1) * rowsAtOnce);
              for (int row = chunk * rowsAtOnce; row < last; row++) {
                noise.fill((long) row * columns, deviation, values);
                MemorySegment.copy(
                    values, 0, data, FLOAT_LE, row * matrix.rowBytes(), values.length);
              }
            });
    return matrix;
  }
}
