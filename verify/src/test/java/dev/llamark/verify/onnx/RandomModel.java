package dev.llamark.verify.onnx;

import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small model of random weights with one of the traits that models of the family have. Its 3
 * heads of 8 elements are not its hidden width of 20.
 */
public enum RandomModel {
  PLAIN(3, 8, Pairing.INTERLEAVED, false, false, false),
  GROUPED_AND_TIED(1, 8, Pairing.HALVES, true, false, false),
  BIASED(1, 8, Pairing.HALVES, false, true, false),
  HEADS_NORMALISED(3, 8, Pairing.HALVES, true, false, true),
  PARTLY_ROTATED_HALVES(1, 4, Pairing.HALVES, false, false, false),
  PARTLY_ROTATED_INTERLEAVED(1, 6, Pairing.INTERLEAVED, false, true, true);

  public static final int[] TOKENS = {1, 7, 40, 0, 13, 7, 7, 22, 5, 39, 2};

  private static final int HIDDEN = 20;
  private static final int FFN = 33;
  private static final int LAYERS = 2;
  private static final int HEADS = 3;
  private static final int HEAD_DIM = 8;
  private static final int VOCAB = 41;
  private static final long SEED = 11;

  private final LlamaConfig config;
  private final LlamaWeights weights;

  RandomModel(
      int kvHeads,
      int rotaryDim,
      Pairing pairing,
      boolean tied,
      boolean biases,
      boolean headNorms) {
    config =
        new LlamaConfig(
            "llama",
            HIDDEN,
            FFN,
            LAYERS,
            HEADS,
            kvHeads,
            HEAD_DIM,
            VOCAB,
            64,
            rotaryDim,
            10000,
            1e-5f,
            new RopeScaling.Llama3(8, 1, 4, 16),
            pairing);
    weights = weights(new Random(SEED), tied, biases, headNorms);
  }

  public LlamaConfig config() {
    return config;
  }

  public LlamaWeights weights() {
    return weights;
  }

  /** As a source of a model. */
  public ModelSource source() {
    return source(weights);
  }

  /** With other weights. */
  public ModelSource source(LlamaWeights others) {
    return new ModelSource() {
      @Override
      public String name() {
        return RandomModel.this.name();
      }

      @Override
      public LlamaConfig config() {
        return config;
      }

      @Override
      public LlamaWeights weights() {
        return others;
      }

      @Override
      public DType dtype() {
        return DType.F32;
      }

      @Override
      public long parameters() {
        return 2L * VOCAB * HIDDEN + LAYERS * HIDDEN * (4L * HEADS * HEAD_DIM + 3L * FFN);
      }

      @Override
      public void close() {}
    };
  }

  private LlamaWeights weights(Random random, boolean tied, boolean biases, boolean headNorms) {
    int queries = HEADS * HEAD_DIM;
    int keys = config.kvHeads() * HEAD_DIM;
    Matrix embedding = matrix(random, "embedding", VOCAB, HIDDEN);
    List<LlamaWeights.Layer> layers = new ArrayList<>();
    for (int l = 0; l < LAYERS; l++) {
      layers.add(
          new LlamaWeights.Layer(
              normal(random, HIDDEN, 1),
              matrix(random, "query", queries, HIDDEN),
              matrix(random, "key", keys, HIDDEN),
              matrix(random, "value", keys, HIDDEN),
              normal(random, biases ? queries : 0, 1),
              normal(random, biases ? keys : 0, 1),
              normal(random, biases ? keys : 0, 1),
              normal(random, headNorms ? HEAD_DIM : 0, 1),
              normal(random, headNorms ? HEAD_DIM : 0, 1),
              matrix(random, "attention output", HIDDEN, queries),
              normal(random, HIDDEN, 1),
              matrix(random, "gate", FFN, HIDDEN),
              matrix(random, "up", FFN, HIDDEN),
              matrix(random, "down", HIDDEN, FFN)));
    }
    Matrix output = tied ? embedding : matrix(random, "output", VOCAB, HIDDEN);
    return new LlamaWeights(embedding, layers, normal(random, HIDDEN, 1), output);
  }

  private static Matrix matrix(Random random, String name, int rows, int columns) {
    return Matrix.of(name, rows, columns, normal(random, rows * columns, 1 / Math.sqrt(columns)));
  }

  private static float[] normal(Random random, int size, double deviation) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
