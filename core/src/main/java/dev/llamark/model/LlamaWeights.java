package dev.llamark.model;

import dev.llamark.run.InputException;
import dev.llamark.tensor.Matrix;
import java.util.List;

/**
 * The weights of a Llama-family model, as they lie in its file.
 *
 * @param embedding (vocab × hidden)
 * @param layers one per block
 * @param finalNorm (hidden)
 * @param output (vocab × hidden); the embedding itself where the two are tied
 */
public record LlamaWeights(Matrix embedding, List<Layer> layers, float[] finalNorm, Matrix output) {

  /**
   * One block. Arrays that a model does not have are empty.
   *
   * @param attentionNorm (hidden)
   * @param query (heads·headDim × hidden)
   * @param key (kvHeads·headDim × hidden)
   * @param value (kvHeads·headDim × hidden)
   * @param queryBias (heads·headDim), or empty
   * @param keyBias (kvHeads·headDim), or empty
   * @param valueBias (kvHeads·headDim), or empty
   * @param queryNorm RMS norm of each query head before rotation, (headDim), or empty
   * @param keyNorm RMS norm of each key head before rotation, (headDim), or empty
   * @param attentionOutput (hidden × heads·headDim)
   * @param ffnNorm (hidden)
   * @param gate (ffn × hidden)
   * @param up (ffn × hidden)
   * @param down (hidden × ffn)
   */
  public record Layer(
      float[] attentionNorm,
      Matrix query,
      Matrix key,
      Matrix value,
      float[] queryBias,
      float[] keyBias,
      float[] valueBias,
      float[] queryNorm,
      float[] keyNorm,
      Matrix attentionOutput,
      float[] ffnNorm,
      Matrix gate,
      Matrix up,
      Matrix down) {

    private void require(LlamaConfig config) {
      LlamaWeights.require("attention norm", attentionNorm, config.hidden());
      LlamaWeights.require(query, config.queryWidth(), config.hidden());
      LlamaWeights.require(key, config.kvWidth(), config.hidden());
      LlamaWeights.require(value, config.kvWidth(), config.hidden());
      requireIfAny("query bias", queryBias, config.queryWidth());
      requireIfAny("key bias", keyBias, config.kvWidth());
      requireIfAny("value bias", valueBias, config.kvWidth());
      requireIfAny("query norm", queryNorm, config.headDim());
      requireIfAny("key norm", keyNorm, config.headDim());
      LlamaWeights.require(attentionOutput, config.hidden(), config.queryWidth());
      LlamaWeights.require("ffn norm", ffnNorm, config.hidden());
      LlamaWeights.require(gate, config.ffn(), config.hidden());
      LlamaWeights.require(up, config.ffn(), config.hidden());
      LlamaWeights.require(down, config.hidden(), config.ffn());
    }
  }

  /** Whether the output matrix is the embedding. */
  public boolean tied() {
    return output == embedding;
  }

  /**
   * Holds the weights against the shape of their model.
   *
   * @throws InputException if there are too few blocks, or a weight has another shape
   */
  public void require(LlamaConfig config) {
    if (layers.size() != config.layers()) {
      throw new InputException(
          "weights: blocks must be %d, but are %d".formatted(config.layers(), layers.size()));
    }
    require(embedding, config.vocab(), config.hidden());
    layers.forEach(layer -> layer.require(config));
    require("final norm", finalNorm, config.hidden());
    require(output, config.vocab(), config.hidden());
  }

  private static void require(Matrix matrix, int rows, int columns) {
    if (matrix.rows() != rows || matrix.columns() != columns) {
      throw new InputException(
          "%s: must be %d x %d, but is %d x %d"
              .formatted(matrix.name(), rows, columns, matrix.rows(), matrix.columns()));
    }
  }

  private static void require(String name, float[] vector, int size) {
    if (vector.length != size) {
      throw new InputException(
          "%s: must have %d elements, but has %d".formatted(name, size, vector.length));
    }
  }

  private static void requireIfAny(String name, float[] vector, int size) {
    if (vector.length > 0) {
      require(name, vector, size);
    }
  }
}
