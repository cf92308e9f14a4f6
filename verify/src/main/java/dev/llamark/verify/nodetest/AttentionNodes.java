package dev.llamark.verify.nodetest;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;

/** Runs ONNX's Attention and Softmax on an attention kernel, which is causal. */
final class AttentionNodes {

  /** Inputs of Attention beyond Q, K and V. */
  private static final int MASK = 3;

  private static final int PAST_KEY = 4;
  private static final int OPSET_OF_OTHER_CAUSALITY = 24;

  private final Attention kernel;

  AttentionNodes(Attention kernel) {
    this.kernel = kernel;
  }

  /** Causal queries go in together; others one by one, each as if it stood at the last position. */
  Tensor attention(NodeTest test) {
    require(test);
    int queryHeads = test.integer("q_num_heads", 0);
    int kvHeads = test.integer("kv_num_heads", 0);
    Tensor given = test.input(0).orElseThrow();
    Tensor q = byToken(given, queryHeads);
    Tensor k = byToken(test.input(1).orElseThrow(), kvHeads);
    Tensor v = byToken(test.input(2).orElseThrow(), kvHeads);
    Unsupported.unless(
        v.dimension(-1) == k.dimension(-1), "values of another head dimension than the keys");
    boolean causal = test.integer("is_causal", 0) == 1;
    int tokens = q.dimension(1);
    int positions = k.dimension(1);
    Unsupported.unless(
        !causal || tokens == positions || test.opset() < OPSET_OF_OTHER_CAUSALITY,
        "causality of opset " + test.opset() + " with other numbers of queries and keys");
    Unsupported.unless(!causal || tokens <= positions, "causal with more queries than keys");
    float scale = test.real("scale").orElse((float) (1 / Math.sqrt(q.dimension(-1))));
    float[] out = new float[q.floats().length];
    for (int batch = 0; batch < q.dimension(0); batch++) {
      KeyValues cache = cache(k, v, batch);
      int from = batch * tokens * q.dimension(2) * q.dimension(3);
      int heads = q.dimension(2);
      if (causal) {
        kernel.apply(q.floats(), from, cache, 0, tokens, heads, scale, out, from);
        continue;
      }
      for (int t = 0; t < tokens; t++) {
        int at = from + t * heads * q.dimension(3);
        kernel.apply(q.floats(), at, cache, positions - 1, 1, heads, scale, out, at);
      }
    }
    Tensor result = Tensor.of(q.shape(), out);
    return given.rank() == 4 ? result.swapped() : Tensor.of(given.shape(), out);
  }

  private static void require(NodeTest test) {
    Unsupported.unless(test.input(MASK).isEmpty(), "has an explicit mask");
    Unsupported.unless(test.input(PAST_KEY).isEmpty(), "has a KV cache of its own");
    Unsupported.unless(test.outputs().size() == 1, "has further outputs");
    Unsupported.unless(test.real("softcap").orElse(0f) == 0, "caps its scores");
    Unsupported.unless(
        test.integer("softmax_precision", 1) == 1, "asks for another precision of the softmax");
  }

  /** (B, S, H, D) of (B, H, S, D) or of (B, S, H·D). */
  private static Tensor byToken(Tensor x, int heads) {
    if (x.rank() == 4) {
      return x.swapped();
    }
    Unsupported.unless(x.rank() == 3 && heads > 0, "%d dimensions".formatted(x.rank()));
    int headDim = x.dimension(2) / heads;
    return Tensor.of(new int[] {x.dimension(0), x.dimension(1), heads, headDim}, x.floats());
  }

  private static KeyValues cache(Tensor k, Tensor v, int batch) {
    int positions = k.dimension(1);
    KeyValues cache = new KeyValues(DType.F32, k.dimension(2), positions, k.dimension(3));
    int from = batch * positions * k.dimension(2) * k.dimension(3);
    cache.store(k.floats(), from, v.floats(), from, 0, positions);
    return cache;
  }

  /**
   * Softmax by attention: the query is (1, 0, …), key j is (x_j, 0, …), so that the scores are x,
   * and value j has a single one at j.
   */
  Tensor softmax(NodeTest test) {
    Tensor x = test.input(0).orElseThrow();
    int axis = test.integer("axis", -1);
    int along = axis < 0 ? axis + x.rank() : axis;
    Unsupported.unless(test.opset() >= 13, "softmax of opset " + test.opset() + " flattens");
    int n = x.dimension(along);
    int inner = Tensor.product(x.shape(), along + 1, x.rank());
    float[] out = new float[x.floats().length];
    for (int row = 0; row < out.length / n; row++) {
      int first = row / inner * n * inner + row % inner;
      float[] probabilities = softmax(x.floats(), first, inner, n);
      for (int j = 0; j < n; j++) {
        out[first + j * inner] = probabilities[j];
      }
    }
    return Tensor.of(x.shape(), out);
  }

  private float[] softmax(float[] x, int first, int step, int n) {
    float[] query = new float[n];
    query[0] = 1;
    float[] keys = new float[n * n];
    float[] values = new float[n * n];
    for (int j = 0; j < n; j++) {
      keys[j * n] = x[first + j * step];
      values[j * n + j] = 1;
    }
    KeyValues cache = new KeyValues(DType.F32, 1, n, n);
    cache.store(keys, 0, values, 0, 0, n);
    float[] out = new float[n];
    kernel.apply(query, 0, cache, n - 1, 1, 1, 1, out, 0);
    return out;
  }
}
