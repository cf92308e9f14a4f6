package dev.llamark.model;

import java.util.List;

/**
 * The shape of a published model, or of one made for tests: everything about it but its weights.
 *
 * @param name as typed on the command line, such as {@code llama-3.2-1b}
 * @param config sizes and rotary frequencies
 * @param tied whether the output matrix is the embedding
 * @param biased whether queries, keys and values have a bias (Qwen2)
 * @param headNorms whether queries and keys are normalised head by head (Qwen3)
 */
public record Preset(
    String name, LlamaConfig config, boolean tied, boolean biased, boolean headNorms) {

  /**
   * A weight matrix of the model: {@code y = W x} with {@code columns} inputs and {@code rows}
   * outputs.
   *
   * @param name what it computes: {@code query}, {@code down}, {@code output}
   * @param perLayer whether each layer has one
   */
  public record MatrixShape(String name, int rows, int columns, boolean perLayer) {}

  /** The matrices that multiply activations, in the order of the forward pass. */
  public List<MatrixShape> matrices() {
    int hidden = config.hidden();
    return List.of(
        new MatrixShape("query", config.queryWidth(), hidden, true),
        new MatrixShape("key", config.kvWidth(), hidden, true),
        new MatrixShape("value", config.kvWidth(), hidden, true),
        new MatrixShape("attention output", hidden, config.queryWidth(), true),
        new MatrixShape("gate", config.ffn(), hidden, true),
        new MatrixShape("up", config.ffn(), hidden, true),
        new MatrixShape("down", hidden, config.ffn(), true),
        new MatrixShape("output", config.vocab(), hidden, false));
  }

  /** Number of weights, a tied output matrix counted once. */
  public long parameters() {
    long hidden = config.hidden();
    long perLayer = 2 * hidden;
    if (biased) {
      perLayer += config.queryWidth() + 2L * config.kvWidth();
    }
    if (headNorms) {
      perLayer += 2L * config.headDim();
    }
    long outside = hidden + (tied ? 0 : config.vocab() * hidden);
    for (MatrixShape matrix : matrices()) {
      long weights = (long) matrix.rows() * matrix.columns();
      if (matrix.perLayer()) {
        perLayer += weights;
      } else {
        outside += weights;
      }
    }
    return config.layers() * perLayer + outside;
  }
}
