package dev.llamark.verify.onnx;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.Pairing;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole Llama-family model in the operators that ONNX Runtime is fastest with:
 * GroupQueryAttention over a cache that it extends in place, residual and norm in one, weights as
 * constants, which it packs for itself. Only the last token leaves the last block's attention, so
 * that no logits are computed which nobody reads.
 *
 * <p>Inputs: {@code input_ids} (tokens); {@code cosines} and {@code sines} (capacity × pairs);
 * {@code last_position} (1), index of the last token; {@code total} (scalar), number of positions
 * with these tokens; {@code position_ids} (tokens), where {@link #rotatesApart}; {@code
 * past_key_values.N.key} and {@code .value} (1 × kvHeads × capacity × cached head). Outputs: {@code
 * logits} (1 × vocab) of the last token; {@code present.N.key} and {@code .value}, meant to be the
 * same memory as the past.
 */
final class FusedLlamaOnnx {

  private static final String MICROSOFT = "com.microsoft";

  /** GroupQueryAttention takes heads of whole multiples of this. */
  private static final int HEAD_STEP = 8;

  /** GroupQueryAttention rotates pairs of whole multiples of this, in heads of twice as many. */
  private static final int PAIR_STEP = 8;

  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final WeightInputs inputs;
  private final int capacity;
  private final OnnxGraph graph;
  private final String tokens;
  private final String cosines;
  private final String sines;
  private final String lastPosition;
  private final String total;
  private final String batchAxis;
  private final NormAndRope normAndRope;

  private FusedLlamaOnnx(
      LlamaConfig config, LlamaWeights weights, WeightInputs inputs, int capacity) {
    this.config = config;
    this.weights = weights;
    this.inputs = inputs;
    this.capacity = capacity;
    graph = new OnnxGraph("llama", OrtReference.OPERATORS).domain(MICROSOFT, 1);
    int pairs = config.rotaryDim() / 2;
    tokens = graph.input("input_ids", Element.INT64, "tokens");
    cosines = graph.input("cosines", Element.FLOAT, capacity, pairs);
    sines = graph.input("sines", Element.FLOAT, capacity, pairs);
    lastPosition = graph.input("last_position", Element.INT32, 1);
    total = graph.input("total", Element.INT32);
    for (WeightInputs.Part part : inputs.all()) {
      graph.external(part.name(), part.rows(), part.matrix().columns());
    }
    batchAxis = graph.integers("axis_0", 0);
    normAndRope =
        rotatesApart(config)
            ? new OperatorNormAndRope(
                graph, config, cosines, sines, graph.input("position_ids", Element.INT64, "tokens"))
            : null;
  }

  /** The graph of a model whose cache holds {@code capacity} positions. */
  static OnnxGraph graph(
      LlamaConfig config, LlamaWeights weights, WeightInputs inputs, int capacity) {
    FusedLlamaOnnx llama = new FusedLlamaOnnx(config, weights, inputs, capacity);
    llama.forward();
    return llama.graph;
  }

  /** Elements of a head as the cache holds them: its own, and zeros up to what is admitted. */
  static int cachedHead(LlamaConfig config) {
    return Math.ceilDiv(config.headDim(), HEAD_STEP) * HEAD_STEP;
  }

  /**
   * Whether rotation is an operator of its own, for GroupQueryAttention does not take its shape.
   */
  static boolean rotatesApart(LlamaConfig config) {
    int pairs = config.rotaryDim() / 2;
    return config.headDim() % (2 * PAIR_STEP) != 0
        || pairs % PAIR_STEP != 0
        || config.headDim() != cachedHead(config);
  }

  private void forward() {
    String stream = embedding();
    String normed =
        graph.node(
            "layer.0.attention_norm",
            "RMSNormalization",
            List.of(
                stream, vector("layer.0.attention_norm", weights.layers().get(0).attentionNorm())),
            Attribute.of("axis", -1),
            Attribute.of("epsilon", config.epsilon()));
    for (int l = 0; l < config.layers(); l++) {
      LlamaWeights.Layer w = weights.layers().get(l);
      String layer = "layer." + l + ".";
      String attention = attention(layer, l, w, normed);
      if (l == config.layers() - 1) {
        attention = lastRow(layer + "attention.last", attention);
        stream = lastRow(layer + "stream.last", stream);
      }
      String projection =
          linear(layer + "projection", attention, w.attentionOutput(), new float[0]);
      Sum between = addAndNormalize(layer + "ffn_norm", stream, projection, w.ffnNorm());
      String down = feedForward(layer, w, between.normed());
      boolean last = l == config.layers() - 1;
      float[] next = last ? weights.finalNorm() : weights.layers().get(l + 1).attentionNorm();
      String name = last ? "final_norm" : "layer." + (l + 1) + ".attention_norm";
      Sum after = addAndNormalize(name, between.stream(), down, next);
      stream = after.stream();
      normed = after.normed();
    }
    linear("logits", normed, weights.output(), new float[0]);
    graph.output("logits", Element.FLOAT, 1, config.vocab());
  }

  /** The residual stream and its norm. */
  private record Sum(String stream, String normed) {}

  private Sum addAndNormalize(String name, String stream, String delta, float[] weight) {
    String sum = name + ".sum";
    graph.nodes(
        MICROSOFT,
        "SkipSimplifiedLayerNormalization",
        List.of(stream, delta, vector(name, weight)),
        List.of(name, "", "", sum),
        Attribute.of("epsilon", config.epsilon()));
    return new Sum(sum, name);
  }

  private String attention(String layer, int l, LlamaWeights.Layer w, String normed) {
    String query = linear(layer + "query", normed, w.query(), w.queryBias());
    String key = linear(layer + "key", normed, w.key(), w.keyBias());
    String value = linear(layer + "value", normed, w.value(), w.valueBias());
    query = normalizeHeads(query, w.queryNorm(), config.heads());
    key = normalizeHeads(key, w.keyNorm(), config.kvHeads());
    boolean apart = rotatesApart(config);
    if (apart) {
      query = normAndRope.rotate(layer + "rotated_query", query, config.heads());
      key = normAndRope.rotate(layer + "rotated_key", key, config.kvHeads());
    }
    List<String> in = new ArrayList<>();
    in.add(batched(query, config.heads(), apart));
    in.add(batched(key, config.kvHeads(), apart));
    in.add(batched(value, config.kvHeads(), false));
    in.add(past(l, "key"));
    in.add(past(l, "value"));
    in.add(lastPosition);
    in.add(total);
    if (!apart) {
      in.add(cosines);
      in.add(sines);
    }
    String presentKey = LlamaOnnx.cacheName("present", l, "key");
    String presentValue = LlamaOnnx.cacheName("present", l, "value");
    String heads = layer + "heads";
    graph.nodes(
        MICROSOFT,
        "GroupQueryAttention",
        in,
        List.of(heads, presentKey, presentValue),
        Attribute.of("num_heads", config.heads()),
        Attribute.of("kv_num_heads", config.kvHeads()),
        Attribute.of("scale", (float) (1 / Math.sqrt(config.headDim()))),
        Attribute.of("do_rotary", apart ? 0 : 1),
        Attribute.of("rotary_interleaved", config.pairing() == Pairing.INTERLEAVED ? 1 : 0));
    graph.output(presentKey, Element.FLOAT, cacheShape());
    graph.output(presentValue, Element.FLOAT, cacheShape());
    return unbatched(heads);
  }

  /** (tokens × heads·headDim): each head by itself, where the model has a norm for that. */
  private String normalizeHeads(String x, float[] weight, int heads) {
    if (weight.length == 0) {
      return x;
    }
    String split = reshape(x + ".split", x, -1, config.headDim());
    String normed =
        graph.node(
            x + ".normed",
            "RMSNormalization",
            List.of(split, vector(x + ".normed", weight)),
            Attribute.of("axis", -1),
            Attribute.of("epsilon", config.epsilon()));
    return reshape(x + ".joined", normed, -1, (long) heads * config.headDim());
  }

  /**
   * As GroupQueryAttention takes it: (1 × tokens × heads·cached head).
   *
   * @param split whether x is (tokens × heads × headDim) already
   */
  private String batched(String x, int heads, boolean split) {
    int cached = cachedHead(config);
    if (cached == config.headDim()) {
      return split
          ? reshape(x + ".as_batch", x, 1, -1, (long) heads * cached)
          : graph.node(x + ".as_batch", "Unsqueeze", List.of(x, batchAxis));
    }
    String byHead = split ? x : reshape(x + ".by_head", x, -1, heads, config.headDim());
    String pads = graph.integers(x + ".pads", 0, 0, 0, 0, 0, cached - config.headDim());
    String padded = graph.node(x + ".padded", "Pad", List.of(byHead, pads));
    return reshape(x + ".as_batch", padded, 1, -1, (long) heads * cached);
  }

  /** Of (1 × tokens × heads·cached head) what the model knows: (tokens × heads·headDim). */
  private String unbatched(String x) {
    int cached = cachedHead(config);
    if (cached == config.headDim()) {
      return graph.node(x + ".flat", "Squeeze", List.of(x, batchAxis));
    }
    String byHead = reshape(x + ".by_head", x, -1, config.heads(), cached);
    String cut =
        graph.node(
            x + ".cut",
            "Slice",
            List.of(
                byHead,
                graph.integers(x + ".from", 0),
                graph.integers(x + ".to", config.headDim()),
                graph.integers(x + ".axis", 2)));
    return reshape(x + ".flat", cut, -1, config.queryWidth());
  }

  private String past(int layer, String part) {
    return graph.input(
        LlamaOnnx.cacheName("past_key_values", layer, part), Element.FLOAT, cacheShape());
  }

  private Object[] cacheShape() {
    return new Object[] {1, config.kvHeads(), capacity, cachedHead(config)};
  }

  private String feedForward(String layer, LlamaWeights.Layer w, String normed) {
    String gate = linear(layer + "gate", normed, w.gate(), new float[0]);
    String up = linear(layer + "up", normed, w.up(), new float[0]);
    // QuickGelu is x · sigmoid(alpha · x): SiLU, where alpha is 1
    String silu = layer + "silu";
    graph.nodes(MICROSOFT, "QuickGelu", List.of(gate), List.of(silu), Attribute.of("alpha", 1f));
    String activation = graph.node(layer + "activation", "Mul", List.of(silu, up));
    return linear(layer + "down", activation, w.down(), new float[0]);
  }

  private String lastRow(String name, String x) {
    return graph.node(
        name,
        "Slice",
        List.of(
            x,
            graph.integers(name + ".from", -1),
            graph.integers(name + ".to", Long.MAX_VALUE),
            batchAxis));
  }

  /** Rows of the embedding, (tokens × hidden); of each part, those tokens that lie in it. */
  private String embedding() {
    return EmbeddingRows.gather(graph, "embedding", inputs.of(weights.embedding()), tokens);
  }

  /** {@code x · Wᵀ + bias}: (tokens × rows of W). */
  private String linear(String name, String x, Matrix w, float[] bias) {
    List<WeightInputs.Part> parts = inputs.of(w);
    List<String> columns = new ArrayList<>();
    for (WeightInputs.Part part : parts) {
      String output = parts.size() == 1 ? name : name + ".rows." + part.from();
      List<String> in = new ArrayList<>(List.of(x, part.name()));
      if (bias.length > 0) {
        float[] own = java.util.Arrays.copyOfRange(bias, part.from(), part.from() + part.rows());
        in.add(vector(output + ".bias", own));
      }
      columns.add(graph.node(output, "Gemm", in, Attribute.of("transB", 1)));
    }
    return parts.size() == 1
        ? columns.getFirst()
        : graph.node(name, "Concat", columns, Attribute.of("axis", 1));
  }

  private String vector(String name, float[] values) {
    return graph.constant(name + ".weight", values, values.length);
  }

  private String reshape(String name, String x, long... shape) {
    return graph.node(name, "Reshape", List.of(x, graph.integers(name + ".shape", shape)));
  }
}
