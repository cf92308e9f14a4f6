package dev.llamark.model;

import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random model that is small enough to follow by hand, with each trait of the family that the
 * forward pass must honour.
 *
 * @param heads query heads of 6 elements; 24 elements of 4 heads are not the hidden 20
 * @param kvHeads KV heads
 * @param rotaryDim rotated elements of 6
 * @param tied whether the output matrix is the embedding
 * @param biases whether query, key and value have biases
 * @param headNorms whether queries and keys are normalised by head
 */
record TinyModel(
    int heads,
    int kvHeads,
    int rotaryDim,
    Pairing pairing,
    boolean tied,
    boolean biases,
    boolean headNorms) {

  static final int HIDDEN = 20;
  static final int FFN = 33;
  static final int LAYERS = 3;
  static final int HEAD_DIM = 6;
  static final int VOCAB = 41;
  static final int[] TOKENS = {1, 7, 40, 0, 13, 7, 7, 22, 5, 39, 2};

  private static final long SEED = 20;

  static TinyModel plain() {
    return new TinyModel(4, 4, 6, Pairing.HALVES, false, false, false);
  }

  static TinyModel grouped() {
    return new TinyModel(4, 2, 6, Pairing.INTERLEAVED, true, false, false);
  }

  static TinyModel qwen2() {
    return new TinyModel(4, 1, 6, Pairing.HALVES, true, true, false);
  }

  static TinyModel qwen3() {
    return new TinyModel(4, 2, 6, Pairing.HALVES, true, false, true);
  }

  static TinyModel partialRotary() {
    return new TinyModel(4, 2, 4, Pairing.HALVES, false, false, false);
  }

  static List<TinyModel> all() {
    return List.of(plain(), grouped(), qwen2(), qwen3(), partialRotary());
  }

  LlamaConfig config() {
    return config(new RopeScaling.Llama3(8, 1, 4, 16));
  }

  LlamaConfig config(RopeScaling scaling) {
    return new LlamaConfig(
        "llama", HIDDEN, FFN, LAYERS, heads, kvHeads, HEAD_DIM, VOCAB, 64, rotaryDim, 10000, 1e-5f,
        scaling, pairing);
  }

  LlamaWeights weights() {
    Random random = new Random(SEED);
    int queries = heads * HEAD_DIM;
    int keys = kvHeads * HEAD_DIM;
    Matrix embedding = matrix(random, "embedding", VOCAB, HIDDEN);
    List<LlamaWeights.Layer> layers = new ArrayList<>();
    for (int l = 0; l < LAYERS; l++) {
      layers.add(
          new LlamaWeights.Layer(
              norm(random, HIDDEN),
              matrix(random, l + ".query", queries, HIDDEN),
              matrix(random, l + ".key", keys, HIDDEN),
              matrix(random, l + ".value", keys, HIDDEN),
              normal(random, biases ? queries : 0, 0.5),
              normal(random, biases ? keys : 0, 0.5),
              normal(random, biases ? keys : 0, 0.5),
              norm(random, headNorms ? HEAD_DIM : 0),
              norm(random, headNorms ? HEAD_DIM : 0),
              matrix(random, l + ".output", HIDDEN, queries),
              norm(random, HIDDEN),
              matrix(random, l + ".gate", FFN, HIDDEN),
              matrix(random, l + ".up", FFN, HIDDEN),
              matrix(random, l + ".down", HIDDEN, FFN)));
    }
    Matrix output = tied ? embedding : matrix(random, "output", VOCAB, HIDDEN);
    return new LlamaWeights(embedding, layers, norm(random, HIDDEN), output);
  }

  private static Matrix matrix(Random random, String name, int rows, int columns) {
    return Matrix.of(name, rows, columns, normal(random, rows * columns, 2 / Math.sqrt(columns)));
  }

  private static float[] norm(Random random, int size) {
    float[] weight = normal(random, size, 0.3);
    for (int i = 0; i < size; i++) {
      weight[i] += 1;
    }
    return weight;
  }

  private static float[] normal(Random random, int size, double deviation) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
