package dev.llamark.verify.onnx;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Tap;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.onnx.OnnxGraph.Attribute;
import dev.llamark.verify.onnx.OnnxGraph.Element;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole Llama-family model as an ONNX graph, written from the same papers as {@link
 * dev.llamark.model.Llama} and sharing no code with it. Matrices are inputs, vectors are constants;
 * the rotary table is an input too, so that any scaling fits.
 *
 * <p>Inputs: {@code input_ids} and {@code position_ids} (tokens); {@code mask} (tokens × past +
 * tokens), added to the scores; {@code cosines} and {@code sines} (positions × pairs); {@code
 * past_key_values.N.key} and {@code .value} (kvHeads × past × headDim), where past may be 0.
 * Outputs: {@code logits} (tokens × vocab) of all tokens; {@code present.N.key} and {@code .value};
 * and any step as {@link TapPoint#valueName} names it.
 */
final class LlamaOnnx {

  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final WeightInputs inputs;
  private final OnnxGraph graph;
  private final NormAndRope normAndRope;
  private final String tokens;
  private final String mask;
  private final String scale;
  private final String headsFirst;

  private LlamaOnnx(LlamaConfig config, LlamaWeights weights, WeightInputs inputs, int opset) {
    this.config = config;
    this.weights = weights;
    this.inputs = inputs;
    graph = new OnnxGraph("llama", opset);
    tokens = graph.input("input_ids", Element.INT64, "tokens");
    String positions = graph.input("position_ids", Element.INT64, "tokens");
    mask = graph.input("mask", Element.FLOAT, "tokens", "total");
    int pairs = config.rotaryDim() / 2;
    String cosines = graph.input("cosines", Element.FLOAT, "positions", pairs);
    String sines = graph.input("sines", Element.FLOAT, "positions", pairs);
    for (WeightInputs.Part part : inputs.all()) {
      graph.input(part.name(), Element.FLOAT, part.rows(), part.matrix().columns());
    }
    scale = graph.scalar("scale", (float) (1 / Math.sqrt(config.headDim())));
    headsFirst = graph.integers("keys_shape", -1, config.kvHeads(), config.headDim());
    normAndRope =
        opset >= 23
            ? new OperatorNormAndRope(graph, config, cosines, sines, positions)
            : new PrimitiveNormAndRope(graph, config, cosines, sines, positions);
  }

  /**
   * The graph of a model.
   *
   * @param opset 21 for primitives alone; 23 for RMSNormalization and RotaryEmbedding
   * @param taps steps to be outputs besides the logits
   */
  static OnnxGraph graph(
      LlamaConfig config,
      LlamaWeights weights,
      WeightInputs inputs,
      int opset,
      List<TapPoint> taps) {
    LlamaOnnx llama = new LlamaOnnx(config, weights, inputs, opset);
    llama.forward();
    for (TapPoint tap : taps) {
      if (tap.tap() != Tap.LOGITS) {
        llama.graph.output(tap.valueName(), Element.FLOAT, llama.dimensions(tap.tap()));
      }
    }
    return llama.graph;
  }

  /** Name of a cached input or output: {@code past_key_values.3.key}. */
  static String cacheName(String kind, int layer, String part) {
    return kind + "." + layer + "." + part;
  }

  private void forward() {
    String stream = embedding(name(Tap.EMBEDDING, -1));
    for (int layer = 0; layer < config.layers(); layer++) {
      stream = attentionBlock(layer, weights.layers().get(layer), stream);
      stream = feedForwardBlock(layer, weights.layers().get(layer), stream);
    }
    String normed = rmsNorm(name(Tap.FINAL_NORM, -1), stream, weights.finalNorm());
    linear(name(Tap.LOGITS, -1), normed, weights.output(), new float[0]);
    graph.output("logits", Element.FLOAT, "tokens", config.vocab());
  }

  private String attentionBlock(int layer, LlamaWeights.Layer w, String stream) {
    String normed = rmsNorm(name(Tap.ATTENTION_NORM, layer), stream, w.attentionNorm());
    String query = heads(name(Tap.QUERY, layer), normed, w.query(), w.queryBias(), w.queryNorm());
    String key = heads(name(Tap.KEY, layer), normed, w.key(), w.keyBias(), w.keyNorm());
    String value = linear(name(Tap.VALUE, layer), normed, w.value(), w.valueBias());
    String turnedQuery = normAndRope.rotate(name(Tap.ROTATED_QUERY, layer), query, config.heads());
    String turnedKey = normAndRope.rotate(name(Tap.ROTATED_KEY, layer), key, config.kvHeads());
    String valueHeads = graph.node(value + ".heads", "Reshape", List.of(value, headsFirst));
    String keys = cached(layer, "key", turnedKey);
    String values = cached(layer, "value", valueHeads);
    String attention = attention(name(Tap.ATTENTION, layer), turnedQuery, keys, values);
    String projection =
        linear(name(Tap.PROJECTION, layer), attention, w.attentionOutput(), new float[0]);
    return graph.node(name(Tap.ATTENTION_RESIDUAL, layer), "Add", List.of(stream, projection));
  }

  private String feedForwardBlock(int layer, LlamaWeights.Layer w, String stream) {
    float[] none = {};
    String normed = rmsNorm(name(Tap.FFN_NORM, layer), stream, w.ffnNorm());
    String gate = linear(name(Tap.GATE, layer), normed, w.gate(), none);
    String up = linear(name(Tap.UP, layer), normed, w.up(), none);
    String sigmoid = graph.node(gate + ".sigmoid", "Sigmoid", List.of(gate));
    String silu = graph.node(gate + ".silu", "Mul", List.of(gate, sigmoid));
    String activation = graph.node(name(Tap.ACTIVATION, layer), "Mul", List.of(silu, up));
    String down = linear(name(Tap.DOWN, layer), activation, w.down(), none);
    return graph.node(name(Tap.FFN_RESIDUAL, layer), "Add", List.of(stream, down));
  }

  /** Rows of the embedding, (tokens × hidden); of each part, those tokens that lie in it. */
  private String embedding(String name) {
    return EmbeddingRows.gather(graph, name, inputs.of(weights.embedding()), tokens);
  }

  /** {@code x · Wᵀ + bias}: (tokens × rows of W). */
  private String linear(String name, String x, Matrix w, float[] bias) {
    List<WeightInputs.Part> parts = inputs.of(w);
    String product = bias.length == 0 ? name : name + ".product";
    if (parts.size() == 1) {
      gemm(product, x, parts.getFirst());
    } else {
      List<String> columns = new ArrayList<>();
      for (WeightInputs.Part part : parts) {
        columns.add(gemm(name + ".rows." + part.from(), x, part));
      }
      graph.node(product, "Concat", columns, Attribute.of("axis", 1));
    }
    return bias.length == 0
        ? product
        : graph.node(
            name, "Add", List.of(product, graph.constant(name + ".bias", bias, bias.length)));
  }

  private String gemm(String name, String x, WeightInputs.Part part) {
    return graph.node(name, "Gemm", List.of(x, part.name()), Attribute.of("transB", 1));
  }

  /**
   * Queries or keys before rotation: projected, and normalised by head where the model has that.
   */
  private String heads(String name, String x, Matrix w, float[] bias, float[] norm) {
    if (norm.length == 0) {
      return linear(name, x, w, bias);
    }
    String projected = linear(name + ".projected", x, w, bias);
    String byHead = graph.integers(name + ".by_head", -1, config.headDim());
    String flat = graph.integers(name + ".flat", -1, w.rows());
    String split = graph.node(name + ".split", "Reshape", List.of(projected, byHead));
    String normed = rmsNorm(name + ".normed", split, norm);
    return graph.node(name, "Reshape", List.of(normed, flat));
  }

  private String rmsNorm(String name, String x, float[] weight) {
    String constant = graph.constant(name + ".weight", weight, weight.length);
    return normAndRope.rmsNorm(name, x, constant);
  }

  /** Appends (tokens × kvHeads × headDim) to the past: (kvHeads × past + tokens × headDim). */
  private String cached(int layer, String part, String x) {
    String past =
        graph.input(
            cacheName("past_key_values", layer, part),
            Element.FLOAT,
            config.kvHeads(),
            "past",
            config.headDim());
    String present = cacheName("present", layer, part);
    String turned = graph.node(present + ".new", "Transpose", List.of(x), permutation(1, 0, 2));
    graph.node(present, "Concat", List.of(past, turned), Attribute.of("axis", 1));
    graph.output(present, Element.FLOAT, config.kvHeads(), "total", config.headDim());
    return present;
  }

  /** Grouped attention: the queries of a KV head's group lie one below the other. */
  private String attention(String name, String query, String keys, String values) {
    long kvHeads = config.kvHeads();
    long group = config.heads() / kvHeads;
    long headDim = config.headDim();
    String grouped = reshape(name + ".grouped", query, -1, kvHeads, group, headDim);
    String byHead = transpose(name + ".by_head", grouped, 1, 2, 0, 3);
    String rows = reshape(name + ".rows", byHead, kvHeads, -1, headDim);
    String columns = transpose(name + ".columns", keys, 0, 2, 1);
    String products = graph.node(name + ".products", "MatMul", List.of(rows, columns));
    String scaled = graph.node(name + ".scaled", "Mul", List.of(products, scale));
    // (kvHeads·group × tokens × total)
    String total = graph.node(name + ".total", "Shape", List.of(mask));
    String every = graph.integers(name + ".every", kvHeads * group);
    String shape =
        graph.node(name + ".score_shape", "Concat", List.of(every, total), Attribute.of("axis", 0));
    String scores = graph.node(name + ".scores", "Reshape", List.of(scaled, shape));
    String masked = graph.node(name + ".masked", "Add", List.of(scores, mask));
    String weight =
        graph.node(name + ".weight", "Softmax", List.of(masked), Attribute.of("axis", -1));
    String back = graph.node(name + ".products_shape", "Shape", List.of(products));
    String weightRows = graph.node(name + ".weight_rows", "Reshape", List.of(weight, back));
    String heads = graph.node(name + ".heads", "MatMul", List.of(weightRows, values));
    String split = reshape(name + ".split", heads, kvHeads, group, -1, headDim);
    String byToken = transpose(name + ".by_token", split, 2, 0, 1, 3);
    return reshape(name, byToken, -1, config.queryWidth());
  }

  private String reshape(String name, String x, long... shape) {
    return graph.node(name, "Reshape", List.of(x, graph.integers(name + ".shape", shape)));
  }

  private String transpose(String name, String x, long... axes) {
    return graph.node(name, "Transpose", List.of(x), permutation(axes));
  }

  private static Attribute permutation(long... axes) {
    return Attribute.of("perm", java.util.Arrays.stream(axes).boxed().toList());
  }

  private static String name(Tap tap, int layer) {
    return new TapPoint(tap, layer).valueName();
  }

  private Object[] dimensions(Tap tap) {
    return switch (tap) {
      case QUERY, ATTENTION -> new Object[] {"tokens", config.queryWidth()};
      case KEY, VALUE -> new Object[] {"tokens", config.kvWidth()};
      case ROTATED_QUERY -> new Object[] {"tokens", config.heads(), config.headDim()};
      case ROTATED_KEY -> new Object[] {"tokens", config.kvHeads(), config.headDim()};
      case GATE, UP, ACTIVATION -> new Object[] {"tokens", config.ffn()};
      case LOGITS -> new Object[] {"tokens", config.vocab()};
      case EMBEDDING,
          ATTENTION_NORM,
          PROJECTION,
          ATTENTION_RESIDUAL,
          FFN_NORM,
          DOWN,
          FFN_RESIDUAL,
          FINAL_NORM ->
          new Object[] {"tokens", config.hidden()};
    };
  }
}
