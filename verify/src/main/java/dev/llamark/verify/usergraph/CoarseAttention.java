package dev.llamark.verify.usergraph;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.Tap;
import java.util.function.DoubleUnaryOperator;

/**
 * Attention as a graph of halves in primitives computes it: products, scaled scores and weights are
 * rounded each. The larger the scores, the more of a weight that costs.
 */
final class CoarseAttention {

  private final LlamaConfig config;
  private final DoubleUnaryOperator rounding;
  private double[] query;
  private double[] key;
  private double[] value;

  /**
   * @param rounding to the type of activations
   */
  CoarseAttention(LlamaConfig config, DoubleUnaryOperator rounding) {
    this.config = config;
    this.rounding = rounding;
  }

  /**
   * Sees the steps of a layer; replaces the result of its attention.
   *
   * @param values (rows × columns)
   */
  void after(Tap tap, double[] values, int rows) {
    switch (tap) {
      case ROTATED_QUERY -> query = values.clone();
      case ROTATED_KEY -> key = values.clone();
      case VALUE -> value = values.clone();
      case ATTENTION -> attend(values, rows);
      default -> {}
    }
  }

  private void attend(double[] out, int rows) {
    int headDim = config.headDim();
    int group = config.heads() / config.kvHeads();
    for (int row = 0; row < rows; row++) {
      for (int head = 0; head < config.heads(); head++) {
        int from = (row * config.heads() + head) * headDim;
        double[] weights = weights(from, head / group, row + 1);
        for (int i = 0; i < headDim; i++) {
          double sum = 0;
          for (int position = 0; position <= row; position++) {
            sum += weights[position] * value[at(position, head / group) + i];
          }
          out[from + i] = sum;
        }
      }
    }
  }

  /** Where the keys or values of a position begin. */
  private int at(int position, int kvHead) {
    return (position * config.kvHeads() + kvHead) * config.headDim();
  }

  private double[] weights(int from, int kvHead, int positions) {
    double scale = 1 / Math.sqrt(config.headDim());
    double[] weights = new double[positions];
    double most = Double.NEGATIVE_INFINITY;
    for (int position = 0; position < positions; position++) {
      double product = 0;
      for (int i = 0; i < config.headDim(); i++) {
        product += query[from + i] * key[at(position, kvHead) + i];
      }
      weights[position] = rounding.applyAsDouble(rounding.applyAsDouble(product) * scale);
      most = Math.max(most, weights[position]);
    }
    double sum = 0;
    for (int position = 0; position < positions; position++) {
      weights[position] = Math.exp(weights[position] - most);
      sum += weights[position];
    }
    for (int position = 0; position < positions; position++) {
      weights[position] = rounding.applyAsDouble(weights[position] / sum);
    }
    return weights;
  }
}
