package dev.llamark.format.synthetic;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Preset;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws the weights of a {@link Preset}. Deviations are chosen so that the model behaves like a
 * trained one where faults must show: a residual stream so small that epsilon matters in every
 * norm, attention that prefers some positions, logits of a few units. Tensors are named as in GGUF.
 */
final class SyntheticWeights {

  /** Elements that one thread draws at a time. */
  private static final int CHUNK = 1 << 16;

  private static final double EMBEDDING_DEVIATION = 0.02;

  /** Deviation of a query's and of a key's elements, for scores of a few units. */
  private static final double QUERY_KEY_DEVIATION = 2;

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

  /**
   * Refuses a type of which a row of some tensor is not a whole number of blocks.
   *
   * @param spec of the model, for the message
   */
  static void requireFit(String spec, Preset preset, DType dtype) {
    requireFit(spec, "token_embd.weight", preset.config().hidden(), dtype);
    requireFit(spec, "blk.0.attn_output.weight", preset.config().queryWidth(), dtype);
    requireFit(spec, "blk.0.ffn_down.weight", preset.config().ffn(), dtype);
  }

  private static void requireFit(String spec, String tensor, int columns, DType dtype) {
    if (columns % dtype.blockElements() != 0) {
      throw new InputException(
          "%s: rows of %s must be multiples of %d for %s, but have %d elements"
              .formatted(spec, tensor, dtype.blockElements(), dtype.id(), columns));
    }
  }

  LlamaWeights generate() {
    int hidden = config.hidden();
    Matrix embedding = matrix("token_embd.weight", config.vocab(), hidden, EMBEDDING_DEVIATION);
    List<LlamaWeights.Layer> layers =
        IntStream.range(0, config.layers())
            .parallel()
            .mapToObj(i -> layer("blk." + i + "."))
            .toList();
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
    Matrix matrix = Matrix.allocate(name, dtype, rows, columns, arena);
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
                matrix.encodeRow(row, values, 0);
              }
            });
    return matrix;
  }
}
