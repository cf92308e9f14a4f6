package dev.llamark.oracle;

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

import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.util.Arrays;

/**
 * The whole model in double, in plain loops: the specification that every variant's forward pass is
 * held against. It calls no kernel and keeps no cache; a sequence is computed from its first token.
 * The papers are those that {@link dev.llamark.model.Llama} names.
 */
public final class OracleLlama {

  /** Outputs of a part of a linear layer: enough work to be worth a hand-over. */
  private static final int OUTPUTS_PER_PART = 32;

  private static final float[] NO_BIAS = {};

  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final ThreadTeam team;
  private final Arithmetic arithmetic;

  /** A model whose activations are never rounded. */
  public OracleLlama(LlamaConfig config, LlamaWeights weights, ThreadTeam team) {
    this(config, weights, team, Arithmetic.FLOAT);
  }

  /**
   * @param weights of the shapes that {@code config} gives
   * @param team shares the outputs of the linear layers and the heads; no result depends on it
   * @param arithmetic whether the inputs of the linear layers are quantised, as variants of that
   *     arithmetic do; all else is in double
   * @throws InputException if a weight has another shape than {@code config} gives
   */
  public OracleLlama(
      LlamaConfig config, LlamaWeights weights, ThreadTeam team, Arithmetic arithmetic) {
    weights.require(config);
    this.config = config;
    this.weights = weights;
    this.team = team;
    this.arithmetic = arithmetic;
  }

  public LlamaConfig config() {
    return config;
  }

  /** The logits of a sequence that begins at position 0 and is no longer than its tokens. */
  public double[] forward(int[] tokens, OracleTapListener taps) {
    return forward(tokens, 0, tokens.length, taps);
  }

  /**
   * The logits of a sequence.
   *
   * @param tokens ids, at least one
   * @param firstPosition position of the first token, by which it is rotated
   * @param length positions of the whole sequence, on which some scalings depend; for comparison
   *     with a {@link dev.llamark.model.KvCache} its first position and its capacity together
   * @param taps called after each step
   * @return (tokens × vocab)
   * @throws InputException if there is no token, or one is not in the vocabulary
   */
  public double[] forward(int[] tokens, int firstPosition, int length, OracleTapListener taps) {
    config.requireTokens(tokens);
    requirePositions(firstPosition, tokens.length, length);
    int rows = tokens.length;
    int hidden = config.hidden();
    int queryWidth = config.queryWidth();
    int kvWidth = config.kvWidth();
    int ffn = config.ffn();
    RopeTable table = RopeTable.of(config.scaling(), config.theta(), config.rotaryDim(), length);

    // Embedding: stream (rows × hidden)
    double[] stream = embedding(tokens);
    taps.after(EMBEDDING, -1, stream, rows, hidden);

    for (int l = 0; l < config.layers(); l++) {
      LlamaWeights.Layer layer = weights.layers().get(l);

      // Attention norm: (rows × hidden)
      double[] normed = normalized(stream, layer.attentionNorm());
      taps.after(ATTENTION_NORM, l, normed, rows, hidden);

      // Queries (rows × heads × headDim), keys and values (rows × kvHeads × headDim)
      double[] query = linear(normed, rows, layer.query(), layer.queryBias());
      double[] key = linear(normed, rows, layer.key(), layer.keyBias());
      double[] value = linear(normed, rows, layer.value(), layer.valueBias());
      query = layer.queryNorm().length > 0 ? normalized(query, layer.queryNorm()) : query;
      key = layer.keyNorm().length > 0 ? normalized(key, layer.keyNorm()) : key;
      taps.after(QUERY, l, query, rows, queryWidth);
      taps.after(KEY, l, key, rows, kvWidth);
      taps.after(VALUE, l, value, rows, kvWidth);

      // Rotation of queries and keys by their positions
      rotate(query, rows, config.heads(), table, firstPosition);
      rotate(key, rows, config.kvHeads(), table, firstPosition);
      taps.after(ROTATED_QUERY, l, query, rows, queryWidth);
      taps.after(ROTATED_KEY, l, key, rows, kvWidth);

      // Attention: (rows × heads × headDim)
      double[] attention = attention(query, key, value, rows);
      taps.after(ATTENTION, l, attention, rows, queryWidth);

      // Projection: (rows × hidden)
      double[] projection = linear(attention, rows, layer.attentionOutput(), NO_BIAS);
      taps.after(PROJECTION, l, projection, rows, hidden);

      // Residual: (rows × hidden)
      add(stream, projection);
      taps.after(ATTENTION_RESIDUAL, l, stream, rows, hidden);

      // Feed-forward norm: (rows × hidden)
      normed = normalized(stream, layer.ffnNorm());
      taps.after(FFN_NORM, l, normed, rows, hidden);

      // Gate and up: (rows × ffn) each
      double[] gate = linear(normed, rows, layer.gate(), NO_BIAS);
      double[] up = linear(normed, rows, layer.up(), NO_BIAS);
      taps.after(GATE, l, gate, rows, ffn);
      taps.after(UP, l, up, rows, ffn);

      // SwiGLU: (rows × ffn)
      double[] activation = swiGlu(gate, up);
      taps.after(ACTIVATION, l, activation, rows, ffn);

      // Down: (rows × hidden)
      double[] down = linear(activation, rows, layer.down(), NO_BIAS);
      taps.after(DOWN, l, down, rows, hidden);

      // Residual: (rows × hidden)
      add(stream, down);
      taps.after(FFN_RESIDUAL, l, stream, rows, hidden);
    }

    // Final norm: (rows × hidden)
    double[] normed = normalized(stream, weights.finalNorm());
    taps.after(FINAL_NORM, -1, normed, rows, hidden);

    // Output matrix: (rows × vocab)
    double[] logits = linear(normed, rows, weights.output(), NO_BIAS);
    taps.after(LOGITS, -1, logits, rows, config.vocab());
    return logits;
  }

  private static void requirePositions(int firstPosition, int tokens, int length) {
    if (firstPosition < 0 || (long) firstPosition + tokens > length) {
      throw new IllegalArgumentException(
          "OracleLlama: positions %d to %d must lie within the sequence's %d"
              .formatted(firstPosition, (long) firstPosition + tokens - 1, length));
    }
  }

  private double[] embedding(int[] tokens) {
    int hidden = config.hidden();
    double[] stream = new double[tokens.length * hidden];
    float[] row = new float[hidden];
    for (int t = 0; t < tokens.length; t++) {
      weights.embedding().decodeRow(tokens[t], row, 0);
      for (int i = 0; i < hidden; i++) {
        stream[t * hidden + i] = row[i];
      }
    }
    return stream;
  }

  /** RMSNorm of each run of {@code weight.length} elements. */
  private double[] normalized(double[] x, float[] weight) {
    double[] out = new double[x.length];
    for (int from = 0; from < x.length; from += weight.length) {
      double sumOfSquares = 0;
      for (int i = 0; i < weight.length; i++) {
        sumOfSquares += x[from + i] * x[from + i];
      }
      double root = Math.sqrt(sumOfSquares / weight.length + config.epsilon());
      for (int i = 0; i < weight.length; i++) {
        out[from + i] = x[from + i] / root * weight[i];
      }
    }
    return out;
  }

  /** {@code x (rows × K) · Wᵀ + bias}, (rows × N). */
  private double[] linear(double[] x, int rows, Matrix w, float[] bias) {
    double[] columns = transposed(rounded(x, w.columns()), rows, w.columns());
    double[] out = new double[rows * w.rows()];
    team.run(
        Math.ceilDiv(w.rows(), OUTPUTS_PER_PART),
        part -> {
          float[] row = new float[w.columns()];
          double[] sums = new double[rows];
          int end = Math.min(w.rows(), (part + 1) * OUTPUTS_PER_PART);
          for (int n = part * OUTPUTS_PER_PART; n < end; n++) {
            w.decodeRow(n, row, 0);
            Arrays.fill(sums, bias.length > 0 ? bias[n] : 0);
            addProducts(columns, row, sums);
            for (int m = 0; m < rows; m++) {
              out[m * w.rows() + n] = sums[m];
            }
          }
        });
    return out;
  }

  /** What the arithmetic makes of a linear layer's input, (rows × columns). */
  private double[] rounded(double[] x, int columns) {
    return switch (arithmetic) {
      case FLOAT -> x;
      case INT8_ACTIVATIONS -> {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          floats[i] = (float) x[i];
        }
        float[] quantised = MatMulOracle.quantised(floats, columns);
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
          out[i] = quantised[i];
        }
        yield out;
      }
    };
  }

  /** {@code sums[m] += Σ_k columns[k][m] · row[k]}: all tokens side by side, k in its order. */
  private static void addProducts(double[] columns, float[] row, double[] sums) {
    for (int k = 0; k < row.length; k++) {
      double w = row[k];
      int column = k * sums.length;
      for (int m = 0; m < sums.length; m++) {
        sums[m] += columns[column + m] * w;
      }
    }
  }

  private static double[] transposed(double[] x, int rows, int columns) {
    double[] out = new double[x.length];
    for (int m = 0; m < rows; m++) {
      for (int k = 0; k < columns; k++) {
        out[k * rows + m] = x[m * columns + k];
      }
    }
    return out;
  }

  /** RoPE in place: each row one position further. */
  private void rotate(double[] x, int rows, int heads, RopeTable table, int firstPosition) {
    int headDim = config.headDim();
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < table.pairs(); j++) {
        double cos = table.cosine(firstPosition + row, j);
        double sin = table.sine(firstPosition + row, j);
        for (int head = 0; head < heads; head++) {
          int from = (row * heads + head) * headDim;
          int first = from + config.pairing().first(j, table.rotaryDim());
          int second = from + config.pairing().second(j, table.rotaryDim());
          double a = x[first];
          double b = x[second];
          x[first] = a * cos - b * sin;
          x[second] = b * cos + a * sin;
        }
      }
    }
  }

  /** Causal attention; query head h reads KV head h / (heads / kvHeads). */
  private double[] attention(double[] query, double[] key, double[] value, int rows) {
    int heads = config.heads();
    double[] out = new double[query.length];
    team.run(
        rows * heads,
        part -> {
          int row = part / heads;
          int kvHead = part % heads / (heads / config.kvHeads());
          int from = part * config.headDim();
          double[] probabilities = softmax(scores(query, from, key, kvHead, row + 1));
          for (int position = 0; position <= row; position++) {
            int v = (position * config.kvHeads() + kvHead) * config.headDim();
            for (int i = 0; i < config.headDim(); i++) {
              out[from + i] += probabilities[position] * value[v + i];
            }
          }
        });
    return out;
  }

  /** {@code q · k / √headDim} for each of the first {@code positions}. */
  private double[] scores(double[] query, int from, double[] key, int kvHead, int positions) {
    double[] scores = new double[positions];
    for (int position = 0; position < positions; position++) {
      int k = (position * config.kvHeads() + kvHead) * config.headDim();
      for (int i = 0; i < config.headDim(); i++) {
        scores[position] += query[from + i] * key[k + i];
      }
      scores[position] /= Math.sqrt(config.headDim());
    }
    return scores;
  }

  private static double[] softmax(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double[] out = new double[scores.length];
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      out[i] = Math.exp(scores[i] - max);
      sum += out[i];
    }
    for (int i = 0; i < scores.length; i++) {
      out[i] /= sum;
    }
    return out;
  }

  private static double[] swiGlu(double[] gate, double[] up) {
    double[] out = new double[gate.length];
    for (int i = 0; i < gate.length; i++) {
      out[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
    }
    return out;
  }

  private static void add(double[] stream, double[] delta) {
    for (int i = 0; i < stream.length; i++) {
      stream[i] += delta[i];
    }
  }
}
