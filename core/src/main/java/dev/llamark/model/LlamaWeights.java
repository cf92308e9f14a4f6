package dev.llamark.model;

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
      Matrix down) {}

  /** Whether the output matrix is the embedding. */
  public boolean tied() {
    return output == embedding;
  }
}
