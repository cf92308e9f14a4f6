package dev.llamark.verify.usergraph;

import static dev.llamark.verify.usergraph.GraphWriter.attribute;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A decoder in primitives as Hugging Face Optimum exports it: RMS norms in float around a cast,
 * frequencies as a constant, heads rotated by halves, keys and values repeated for their group.
 */
final class OptimumExport {

  /** What an export can do. */
  enum Form {
    WITHOUT_PAST,
    WITH_PAST,
    MERGED
  }

  private final ModelCopy model;
  private final LlamaConfig config;
  private final Form form;
  private DataType floats = DataType.FLOAT;
  private DataType integers = DataType.INT64;
  private boolean lastTokenOnly;
  private boolean tables;
  private boolean bytes;

  OptimumExport(ModelCopy model, Form form) {
    this.model = model;
    this.config = model.config();
    this.form = form;
  }

  /** With weights, keys and values of this type. */
  OptimumExport of(DataType type) {
    floats = type;
    return this;
  }

  /** With tokens, mask and positions of this type. */
  OptimumExport integers(DataType type) {
    integers = type;
    return this;
  }

  /** With the logits of the last token alone. */
  OptimumExport lastTokenOnly() {
    lastTokenOnly = true;
    return this;
  }

  /** With cosines and sines as constants, as exports of 2023 have them. */
  OptimumExport tables() {
    tables = true;
    return this;
  }

  /** With matrices and their inputs in eight bits, as dynamic quantisation leaves them. */
  OptimumExport bytes() {
    bytes = true;
    return this;
  }

  ModelProto write() {
    GraphWriter graph = new GraphWriter(floats);
    graph.input("input_ids", integers, "batch_size", "sequence_length");
    graph.input("attention_mask", integers, "batch_size", "total_length");
    graph.input("position_ids", integers, "batch_size", "sequence_length");
    List<String> outputs = new ArrayList<>(List.of("logits"));
    for (int l = 0; l < config.layers(); l++) {
      for (String part : List.of("key", "value")) {
        if (form != Form.WITHOUT_PAST) {
          graph.input(past(l, part), floats, "batch_size", config.kvHeads(), "past", headDim());
          outputs.add(present(l, part));
        }
      }
    }
    if (form == Form.MERGED) {
      graph.input("use_cache_branch", DataType.BOOL, 1);
      graph.nodes(
          "",
          "If",
          List.of("use_cache_branch"),
          outputs,
          attribute("then_branch", body(graph.branch("with_past"), true, outputs)),
          attribute("else_branch", body(graph.branch("without_past"), false, outputs)));
    } else {
      new Body(graph, form == Form.WITH_PAST).write(outputs);
    }
    for (String output : outputs) {
      if (output.equals("logits")) {
        graph.output(output, floats, "batch_size", "logits_length", config.vocab());
      } else {
        graph.output(output, floats, "batch_size", config.kvHeads(), "total", headDim());
      }
    }
    return graph.model();
  }

  private GraphWriter body(GraphWriter branch, boolean withPast, List<String> outputs) {
    List<String> inner = outputs.stream().map(o -> o + (withPast ? "_past" : "_first")).toList();
    new Body(branch, withPast).write(inner);
    inner.forEach(name -> branch.output(name, floats));
    return branch;
  }

  private int headDim() {
    return config.headDim();
  }

  private static String past(int layer, String part) {
    return "past_key_values." + layer + "." + part;
  }

  private static String present(int layer, String part) {
    return "present." + layer + "." + part;
  }

  /** One forward pass. */
  private final class Body {
    private final GraphWriter graph;
    private final boolean withPast;
    private final List<String> results = new ArrayList<>();
    private String cosines;
    private String sines;
    private String mask;

    Body(GraphWriter graph, boolean withPast) {
      this.graph = graph;
      this.withPast = withPast;
    }

    /** The logits, then keys and values, under these names. */
    void write(List<String> names) {
      LlamaWeights w = model.weights();
      rotation();
      mask();
      String table =
          graph.weight(
              "embed_tokens.weight", ModelCopy.rowsFirst(w.embedding()), shape(w.embedding()));
      String stream = graph.node("Gather", List.of(table, "input_ids"));
      for (int l = 0; l < config.layers(); l++) {
        stream = feedForward(l, w.layers().get(l), attention(l, w.layers().get(l), stream));
      }
      String normed = norm("norm.weight", stream, w.finalNorm());
      if (lastTokenOnly) {
        String last = graph.integers("last", -1);
        normed = graph.node("Gather", List.of(normed, last), attribute("axis", 1));
      }
      results.addFirst(linear("lm_head", normed, w.output(), new float[0]));
      for (int i = 0; i < names.size(); i++) {
        graph.rename(results.get(i), names.get(i));
      }
    }

    private void rotation() {
      double[] inverse =
          config.scaling().inverseFrequencies(config.theta(), config.rotaryDim(), config.context());
      if (tables) {
        cosines = rows("cos_cached", inverse, Math::cos);
        sines = rows("sin_cached", inverse, Math::sin);
        return;
      }
      float[] frequencies = new float[inverse.length];
      for (int j = 0; j < inverse.length; j++) {
        frequencies[j] = (float) inverse[j];
      }
      String column =
          graph.floats("inv_freq", DataType.FLOAT, frequencies, 1, frequencies.length, 1);
      String row = graph.node("Unsqueeze", List.of("position_ids", graph.integers("one_axis", 1)));
      String positions = graph.node("Cast", List.of(row), attribute("to", DataType.FLOAT_VALUE));
      String angles = graph.node("MatMul", List.of(column, positions));
      String byToken = graph.node("Transpose", List.of(angles), attribute("perm", 0, 2, 1));
      String twice = graph.node("Concat", List.of(byToken, byToken), attribute("axis", -1));
      cosines = table("Cos", twice);
      sines = table("Sin", twice);
    }

    /** The tokens' rows of a table, (context × headDim), in which each half is the same. */
    private String rows(String name, double[] inverse, DoubleUnaryOperator function) {
      int dim = 2 * inverse.length;
      float[] values = new float[config.context() * dim];
      for (int i = 0; i < values.length; i++) {
        double angle = i / dim * inverse[i % inverse.length];
        values[i] = (float) (config.scaling().attentionFactor() * function.applyAsDouble(angle));
      }
      String table = graph.weight(name, values, config.context(), dim);
      String rows = graph.node("Gather", List.of(table, "position_ids"));
      return graph.node("Unsqueeze", List.of(rows, graph.integers("one_axis", 1)));
    }

    private String table(String function, String angles) {
      String factor =
          graph.floats(
              "attention_scaling",
              DataType.FLOAT,
              new float[] {(float) config.scaling().attentionFactor()});
      String values = graph.node(function, List.of(angles));
      String scaled = graph.node("Mul", List.of(values, factor));
      return graph.node("Unsqueeze", List.of(cast(scaled), graph.integers("one_axis", 1)));
    }

    private String cast(String value) {
      return graph.node("Cast", List.of(value), attribute("to", floats.getNumber()));
    }

    private String toFloat(String value) {
      return floats == DataType.FLOAT
          ? value
          : graph.node("Cast", List.of(value), attribute("to", DataType.FLOAT_VALUE));
    }

    /** 0 where a token may look, the least float elsewhere: (1 × 1 × tokens × total). */
    private void mask() {
      String zero = graph.integer("zero", 0);
      String one = graph.integer("one", 1);
      String total = size("attention_mask");
      String past = graph.node("Sub", List.of(total, size("input_ids")));
      String queries = graph.node("Range", List.of(past, total, one));
      String keys = graph.node("Range", List.of(zero, total, one));
      String column = graph.node("Unsqueeze", List.of(queries, graph.integers("one_axis", 1)));
      String causal = graph.node("LessOrEqual", List.of(keys, column));
      String real =
          graph.node("Cast", List.of("attention_mask"), attribute("to", DataType.BOOL_VALUE));
      String allowed = graph.node("And", List.of(causal, real));
      String square = graph.node("Unsqueeze", List.of(allowed, graph.integers("head_axes", 0, 1)));
      float least = floats == DataType.FLOAT16 ? -65504f : -Float.MAX_VALUE;
      mask =
          graph.node(
              "Where",
              List.of(
                  square,
                  graph.weight("may", new float[] {0}),
                  graph.weight("may_not", new float[] {least})));
    }

    private String size(String value) {
      String shape = graph.node("Shape", List.of(value));
      return graph.node("Gather", List.of(shape, graph.integer("one", 1)));
    }

    private String norm(String name, String x, float[] weight) {
      String input = toFloat(x);
      String two = graph.floats("two", DataType.FLOAT, new float[] {2});
      String epsilon = graph.floats("eps", DataType.FLOAT, new float[] {config.epsilon()});
      String unit = graph.floats("unit", DataType.FLOAT, new float[] {1});
      String squares = graph.node("Pow", List.of(input, two));
      String mean = graph.node("ReduceMean", List.of(squares, graph.integers("last_axis", -1)));
      String root = graph.node("Sqrt", List.of(graph.node("Add", List.of(mean, epsilon))));
      String inverse = graph.node("Div", List.of(unit, root));
      String normed = graph.node("Mul", List.of(input, inverse));
      String constant = graph.weight(name, weight, weight.length);
      return graph.node("Mul", List.of(constant, floats == DataType.FLOAT ? normed : cast(normed)));
    }

    private String linear(String name, String x, Matrix w, float[] bias) {
      String product = bytes ? byteProduct(name, x, w) : floatProduct(name, x, w);
      return bias.length == 0
          ? product
          : graph.node("Add", List.of(graph.weight(name + ".bias", bias, bias.length), product));
    }

    private String floatProduct(String name, String x, Matrix w) {
      String weight =
          graph.weight(name + ".weight", ModelCopy.columnsFirst(w), w.columns(), w.rows());
      return graph.node("MatMul", List.of(x, weight));
    }

    /** Integers of both sides, each with one scale. */
    private String byteProduct(String name, String x, Matrix w) {
      float[] values = ModelCopy.columnsFirst(w);
      float most = 0;
      for (float value : values) {
        most = Math.max(most, Math.abs(value));
      }
      byte[] rounded = new byte[values.length];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = (byte) (Math.round(values[i] / most * 127) + 128);
      }
      String q = name + ".input_quantized";
      List<String> quantised = List.of(q, name + ".input_scale", name + ".input_zero");
      graph.nodes("", "DynamicQuantizeLinear", List.of(x), quantised);
      String integers =
          graph.node(
              "MatMulInteger",
              List.of(
                  q,
                  graph.bytes(name + ".weight_quantized", rounded, w.columns(), w.rows()),
                  name + ".input_zero",
                  graph.bytes("middle", new byte[] {(byte) 128})));
      String scale = graph.floats(name + ".weight_scale", DataType.FLOAT, new float[] {most / 127});
      String scales = graph.node("Mul", List.of(name + ".input_scale", scale));
      return graph.node("Mul", List.of(cast(integers), scales));
    }

    private String attention(int l, LlamaWeights.Layer w, String stream) {
      String at = "layers." + l + ".";
      String normed = norm(at + "input_layernorm.weight", stream, w.attentionNorm());
      String q = linear(at + "q_proj", normed, w.query(), w.queryBias());
      String k = linear(at + "k_proj", normed, w.key(), w.keyBias());
      String v = linear(at + "v_proj", normed, w.value(), w.valueBias());
      String query = rotated(heads(at + "q_norm", q, config.heads(), w.queryNorm()));
      String key = rotated(heads(at + "k_norm", k, config.kvHeads(), w.keyNorm()));
      String value = heads("", v, config.kvHeads(), new float[0]);
      String keys = cached(l, "key", key);
      String values = cached(l, "value", value);
      String columns =
          graph.node("Transpose", List.of(repeated(keys)), attribute("perm", 0, 1, 3, 2));
      String scale = graph.weight("scale", new float[] {(float) (1 / Math.sqrt(config.headDim()))});
      String scores =
          graph.node("Mul", List.of(graph.node("MatMul", List.of(query, columns)), scale));
      String masked = graph.node("Add", List.of(scores, mask));
      String weights = graph.node("Softmax", List.of(toFloat(masked)), attribute("axis", -1));
      String weighted =
          graph.node(
              "MatMul",
              List.of(floats == DataType.FLOAT ? weights : cast(weights), repeated(values)));
      String byToken = graph.node("Transpose", List.of(weighted), attribute("perm", 0, 2, 1, 3));
      String rows = graph.node("Reshape", List.of(byToken, graph.integers("flat", 0, 0, -1)));
      String projected = linear(at + "o_proj", rows, w.attentionOutput(), new float[0]);
      return graph.node("Add", List.of(stream, projected));
    }

    /** (1 × heads × tokens × headDim). */
    private String heads(String name, String x, int heads, float[] norm) {
      String shape = graph.integers("heads_" + heads, 0, 0, heads, config.headDim());
      String split = graph.node("Reshape", List.of(x, shape));
      String normed = norm.length == 0 ? split : norm(name + ".weight", split, norm);
      return graph.node("Transpose", List.of(normed), attribute("perm", 0, 2, 1, 3));
    }

    private String rotated(String x) {
      String half = graph.integers("half", config.headDim() / 2);
      String end = graph.integers("end", Long.MAX_VALUE);
      String start = graph.integers("start", 0);
      String axis = graph.integers("last_axis", -1);
      String first = graph.node("Slice", List.of(x, start, half, axis));
      String second = graph.node("Slice", List.of(x, half, end, axis));
      String turned =
          graph.node(
              "Concat", List.of(graph.node("Neg", List.of(second)), first), attribute("axis", -1));
      String straight = graph.node("Mul", List.of(x, cosines));
      return graph.node("Add", List.of(straight, graph.node("Mul", List.of(turned, sines))));
    }

    private String cached(int l, String part, String value) {
      String all =
          withPast
              ? graph.node("Concat", List.of(past(l, part), value), attribute("axis", 2))
              : value;
      results.add(all);
      return all;
    }

    private String repeated(String x) {
      int group = config.heads() / config.kvHeads();
      String apart = graph.node("Unsqueeze", List.of(x, graph.integers("group_axis", 2)));
      String spread =
          graph.node("Expand", List.of(apart, graph.integers("group", 1, 1, group, 1, 1)));
      String shape = graph.integers("repeated", 1, config.heads(), -1, config.headDim());
      return graph.node("Reshape", List.of(spread, shape));
    }

    private String feedForward(int l, LlamaWeights.Layer w, String stream) {
      String at = "layers." + l + ".";
      float[] none = {};
      String normed = norm(at + "post_attention_layernorm.weight", stream, w.ffnNorm());
      String gate = linear(at + "gate_proj", normed, w.gate(), none);
      String silu = graph.node("Mul", List.of(gate, graph.node("Sigmoid", List.of(gate))));
      String up = linear(at + "up_proj", normed, w.up(), none);
      String activation = graph.node("Mul", List.of(silu, up));
      String down = linear(at + "down_proj", activation, w.down(), none);
      return graph.node("Add", List.of(stream, down));
    }

    private static long[] shape(Matrix matrix) {
      return new long[] {matrix.rows(), matrix.columns()};
    }
  }
}
