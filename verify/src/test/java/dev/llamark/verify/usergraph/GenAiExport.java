package dev.llamark.verify.usergraph;

import static dev.llamark.verify.usergraph.GraphWriter.MICROSOFT;
import static dev.llamark.verify.usergraph.GraphWriter.attribute;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.RopeTable;
import dev.llamark.tensor.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A decoder in fused operators as the model builder of ONNX Runtime GenAI writes it: no positions,
 * rotation within GroupQueryAttention, matrices of four bits in blocks.
 */
final class GenAiExport {

  private static final int BLOCK = 32;

  private final ModelCopy model;
  private final LlamaConfig config;
  private final DataType floats;
  private final boolean fourBits;
  private final boolean packed;
  private final GraphWriter graph;
  private String seqlens;
  private String total;
  private String cosines;
  private String sines;

  /**
   * @param fourBits whether matrices are MatMulNBits
   * @param packed whether queries, keys and values come from one matrix
   */
  GenAiExport(ModelCopy model, DataType floats, boolean fourBits, boolean packed) {
    this.model = model;
    this.config = model.config();
    this.floats = floats;
    this.fourBits = fourBits;
    this.packed = packed;
    this.graph = new GraphWriter(floats);
  }

  /** Writes {@code NAME} with a configuration that gives its inputs other names than usual. */
  void write(Path folder, String name) throws IOException {
    Files.write(folder.resolve(name), write().toByteArray());
    Files.writeString(
        folder.resolve("genai_config.json"),
        """
        { "model": { "type": "llama", "vocab_size": %d, "context_length": %d,
            "decoder": { "session_options": { "log_id": "onnxruntime-genai" },
              "filename": "%s", "head_size": %d, "hidden_size": %d,
              "num_attention_heads": %d, "num_hidden_layers": %d, "num_key_value_heads": %d,
              "inputs": { "input_ids": "tokens", "attention_mask": "mask",
                "past_key_names": "past_key_%%d", "past_value_names": "past_value_%%d" },
              "outputs": { "logits": "scores",
                "present_key_names": "key_%%d", "present_value_names": "value_%%d" } } },
          "search": { "max_length": 64 } }
        """
            .formatted(
                config.vocab(),
                config.context(),
                name,
                config.headDim(),
                config.hidden(),
                config.heads(),
                config.layers(),
                config.kvHeads()));
  }

  private ModelProto write() {
    LlamaWeights w = model.weights();
    graph.input("tokens", DataType.INT64, "batch_size", "sequence_length");
    graph.input("mask", DataType.INT64, "batch_size", "total_sequence_length");
    lengths();
    tables();
    String embedding =
        graph.weight(
            "model.embed_tokens.weight",
            ModelCopy.rowsFirst(w.embedding()),
            w.embedding().rows(),
            w.embedding().columns());
    String stream = graph.node("Gather", List.of(embedding, "tokens"));
    String first = constant("layers.0.input_layernorm", w.layers().getFirst().attentionNorm());
    String normed =
        graph.node(
            "SimplifiedLayerNormalization",
            List.of(stream, first),
            attribute("axis", -1),
            attribute("epsilon", config.epsilon()),
            attribute("stash_type", 1));
    for (int l = 0; l < config.layers(); l++) {
      LlamaWeights.Layer layer = w.layers().get(l);
      boolean last = l + 1 == config.layers();
      float[] next = last ? w.finalNorm() : w.layers().get(l + 1).attentionNorm();
      String at = "layers." + l;
      String attention = attention(l, layer, normed);
      normed = addAndNormalise(at + ".post_attention", stream, attention, layer.ffnNorm(), false);
      stream = at + ".post_attention.sum";
      String down = feedForward(at, layer, normed);
      normed = addAndNormalise(at + ".next", stream, down, next, last);
      stream = at + ".next.sum";
    }
    graph.rename(linear("lm_head", normed, w.output()), "scores");
    graph.output("scores", floats, "batch_size", "sequence_length", config.vocab());
    return graph.model();
  }

  private void lengths() {
    String one = graph.integer("one", 1);
    String ones = graph.integers("ones", 1);
    String sum = graph.node("ReduceSum", List.of("mask", ones), attribute("keepdims", 0));
    seqlens = toInt(graph.node("Sub", List.of(sum, one)));
    String shape = graph.node("Shape", List.of("mask"));
    total = toInt(graph.node("Gather", List.of(shape, one), attribute("axis", 0)));
  }

  private String toInt(String value) {
    return graph.node("Cast", List.of(value), attribute("to", DataType.INT32_VALUE));
  }

  private void tables() {
    RopeTable table =
        RopeTable.of(config.scaling(), config.theta(), config.rotaryDim(), config.context());
    cosines = graph.weight("cos_cache", table.cosines(), table.positions(), table.pairs());
    sines = graph.weight("sin_cache", table.sines(), table.positions(), table.pairs());
  }

  private String constant(String name, float[] values) {
    return graph.weight(name + ".weight", values, values.length);
  }

  /** The last one does not name its sum, which nobody reads. */
  private String addAndNormalise(
      String name, String stream, String delta, float[] weight, boolean last) {
    graph.nodes(
        MICROSOFT,
        "SkipSimplifiedLayerNormalization",
        List.of(stream, delta, constant(name, weight)),
        last ? List.of(name + ".normed") : List.of(name + ".normed", "", "", name + ".sum"),
        attribute("epsilon", config.epsilon()));
    return name + ".normed";
  }

  private String attention(int l, LlamaWeights.Layer w, String normed) {
    String at = "layers." + l;
    String query = packed ? packed(at, normed, w) : linear(at + ".q_proj", normed, w.query());
    String key = packed ? "" : linear(at + ".k_proj", normed, w.key());
    String value = packed ? "" : linear(at + ".v_proj", normed, w.value());
    for (String part : List.of("key", "value")) {
      Object[] past = {"batch_size", config.kvHeads(), "past_sequence_length", config.headDim()};
      graph.input("past_" + part + "_" + l, floats, past);
      Object[] present = {"batch_size", config.kvHeads(), "total_length", config.headDim()};
      graph.output(part + "_" + l, floats, present);
    }
    String attention = at + ".attention";
    graph.nodes(
        MICROSOFT,
        "GroupQueryAttention",
        List.of(
            query, key, value, "past_key_" + l, "past_value_" + l, seqlens, total, cosines, sines),
        List.of(attention, "key_" + l, "value_" + l),
        attribute("num_heads", config.heads()),
        attribute("kv_num_heads", config.kvHeads()),
        attribute("do_rotary", 1),
        attribute("rotary_interleaved", 0),
        attribute("scale", (float) (1 / Math.sqrt(config.headDim()))));
    return linear(at + ".o_proj", attention, w.attentionOutput());
  }

  /** One product for queries, keys and values, with their rows one below the other. */
  private String packed(String at, String x, LlamaWeights.Layer w) {
    int rows = config.queryWidth() + 2 * config.kvWidth();
    float[] all = new float[rows * config.hidden()];
    int row = 0;
    for (Matrix part : List.of(w.query(), w.key(), w.value())) {
      for (int r = 0; r < part.rows(); r++) {
        part.decodeRow(r, all, row++ * config.hidden());
      }
    }
    return linear(at + ".qkv_proj", x, Matrix.of("qkv", rows, config.hidden(), all));
  }

  private String feedForward(String at, LlamaWeights.Layer w, String normed) {
    String gate = linear(at + ".gate_proj", normed, w.gate());
    String up = linear(at + ".up_proj", normed, w.up());
    String silu = graph.node("Mul", List.of(gate, graph.node("Sigmoid", List.of(gate))));
    return linear(at + ".down_proj", graph.node("Mul", List.of(silu, up)), w.down());
  }

  private String linear(String name, String x, Matrix w) {
    if (!fourBits) {
      String weight =
          graph.weight(name + ".weight", ModelCopy.columnsFirst(w), w.columns(), w.rows());
      return graph.node("MatMul", List.of(x, weight));
    }
    int blocks = w.columns() / BLOCK;
    byte[] nibbles = new byte[w.rows() * w.columns() / 2];
    float[] scales = new float[w.rows() * blocks];
    float[] row = new float[w.columns()];
    for (int r = 0; r < w.rows(); r++) {
      w.decodeRow(r, row, 0);
      for (int b = 0; b < blocks; b++) {
        scales[r * blocks + b] = fourBits(row, b * BLOCK, nibbles, (r * blocks + b) * BLOCK / 2);
      }
    }
    return graph.microsoft(
        "MatMulNBits",
        List.of(
            x,
            graph.bytes(name + ".qweight", nibbles, w.rows(), blocks, BLOCK / 2),
            graph.weight(name + ".scales", scales, scales.length)),
        attribute("K", w.columns()),
        attribute("N", w.rows()),
        attribute("bits", 4),
        attribute("block_size", BLOCK));
  }

  /** Quantises a block around 8, the lower nibble first, and gives its scale. */
  private static float fourBits(float[] row, int from, byte[] nibbles, int to) {
    float most = 0;
    for (int i = from; i < from + BLOCK; i++) {
      most = Math.max(most, Math.abs(row[i]));
    }
    float scale = most / 7;
    for (int i = 0; i < BLOCK; i++) {
      int q = scale == 0 ? 8 : Math.clamp(Math.round(row[from + i] / scale) + 8, 0, 15);
      nibbles[to + i / 2] |= (byte) (q << 4 * (i % 2));
    }
    return scale;
  }
}
