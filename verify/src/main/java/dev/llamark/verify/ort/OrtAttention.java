package dev.llamark.verify.ort;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.tensor.DType;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import dev.llamark.verify.onnx.OrtRuntime;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Grouped attention of ONNX's operators MatMul and Softmax, causal by an additive mask. The cache's
 * filled part is copied to native memory in every call; halves are widened on the way.
 */
final class OrtAttention implements Attention, AutoCloseable {

  private final OrtOperator operator;
  private int maskTokens;
  private int maskFirst;

  OrtAttention(OrtRuntime runtime, int threads) {
    operator = new OrtOperator(runtime, graph(), threads);
  }

  private static OnnxGraph graph() {
    OnnxGraph graph = new OnnxGraph("attention", 21);
    String q = graph.input("q", Element.FLOAT, "tokens", "kvHeads", "group", "headDim");
    String keys = graph.input("keys", Element.FLOAT, "kvHeads", 1, "positions", "headDim");
    String values = graph.input("values", Element.FLOAT, "kvHeads", 1, "positions", "headDim");
    String scale = graph.input("scale", Element.FLOAT);
    String mask = graph.input("mask", Element.FLOAT, "tokens", "positions");
    // (kvHeads × group × tokens × headDim) · (kvHeads × 1 × headDim × positions)
    String queries = graph.node("queries", "Transpose", List.of(q), permutation(1, 2, 0, 3));
    String columns = graph.node("columns", "Transpose", List.of(keys), permutation(0, 1, 3, 2));
    String products = graph.node("products", "MatMul", List.of(queries, columns));
    String scaled = graph.node("scaled", "Mul", List.of(products, scale));
    String masked = graph.node("masked", "Add", List.of(scaled, mask));
    String weights = graph.node("weights", "Softmax", List.of(masked), Attribute.of("axis", -1));
    String heads = graph.node("heads", "MatMul", List.of(weights, values));
    graph.node("out", "Transpose", List.of(heads), permutation(2, 0, 1, 3));
    graph.output("out", Element.FLOAT, "tokens", "kvHeads", "group", "headDim");
    return graph;
  }

  private static Attribute permutation(long... axes) {
    return Attribute.of("perm", java.util.Arrays.stream(axes).boxed().toList());
  }

  @Override
  public void compute(
      float[] q,
      int qOffset,
      KeyValues cache,
      int firstPosition,
      int tokens,
      int heads,
      float scale,
      float[] out,
      int outOffset) {
    int kvHeads = cache.kvHeads();
    int headDim = cache.headDim();
    int group = heads / kvHeads;
    int positions = firstPosition + tokens;
    operator.input("q", q, qOffset, tokens, kvHeads, group, headDim);
    operator.floats("scale").put(scale);
    mask(firstPosition, tokens);
    FloatBuffer keys = operator.floats("keys", kvHeads, 1, positions, headDim);
    FloatBuffer values = operator.floats("values", kvHeads, 1, positions, headDim);
    for (int head = 0; head < kvHeads; head++) {
      copy(cache, cache.keys(), cache.halfKeys(), head, positions, keys);
      copy(cache, cache.values(), cache.halfValues(), head, positions, values);
    }
    operator.run("out", out, outOffset, tokens, kvHeads, group, headDim);
  }

  /** One head's vectors of the filled positions, which lie side by side in the cache. */
  private static void copy(
      KeyValues cache, float[] floats, short[] halves, int head, int positions, FloatBuffer to) {
    int from = cache.index(head, 0);
    int count = positions * cache.headDim();
    if (cache.dtype() == DType.F32) {
      to.put(floats, from, count);
      return;
    }
    for (int i = from; i < from + count; i++) {
      to.put(Float.float16ToFloat(halves[i]));
    }
  }

  /** 0 where a token sees a position, −∞ beyond its own; written when it differs from before. */
  private void mask(int firstPosition, int tokens) {
    FloatBuffer mask = operator.floats("mask", tokens, (long) firstPosition + tokens);
    if (maskTokens == tokens && maskFirst == firstPosition) {
      return;
    }
    for (int t = 0; t < tokens; t++) {
      for (int position = 0; position < firstPosition + tokens; position++) {
        mask.put(position <= firstPosition + t ? 0 : Float.NEGATIVE_INFINITY);
      }
    }
    maskTokens = tokens;
    maskFirst = firstPosition;
  }

  @Override
  public void close() {
    operator.close();
  }
}
