package dev.llamark.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.format.gguf.GgufWriter;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.Matrix;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model of a few hundred seeded weights that tests write in every format and read back. */
public final class TinyModel {

  public static final int HIDDEN = 8;
  public static final int FFN = 12;
  public static final int LAYERS = 2;
  public static final int HEADS = 4;
  public static final int KV_HEADS = 2;
  public static final int HEAD_DIM = 2;
  public static final int VOCAB = 10;
  public static final int CONTEXT = 16;

  /** A tensor; vectors have one row. */
  public record Weights(int rows, int columns, float[] values) {
    public ByteBuffer littleEndian() {
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes;
    }
  }

  private final SplittableRandom random = new SplittableRandom(7);
  private final SequencedMap<String, Weights> byGgufName = new LinkedHashMap<>();

  public TinyModel() {
    add("token_embd.weight", VOCAB, HIDDEN);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "blk." + i + ".";
      add(layer + "attn_norm.weight", 1, HIDDEN);
      add(layer + "attn_q.weight", HEADS * HEAD_DIM, HIDDEN);
      add(layer + "attn_k.weight", KV_HEADS * HEAD_DIM, HIDDEN);
      add(layer + "attn_v.weight", KV_HEADS * HEAD_DIM, HIDDEN);
      add(layer + "attn_output.weight", HIDDEN, HEADS * HEAD_DIM);
      add(layer + "ffn_norm.weight", 1, HIDDEN);
      add(layer + "ffn_gate.weight", FFN, HIDDEN);
      add(layer + "ffn_up.weight", FFN, HIDDEN);
      add(layer + "ffn_down.weight", HIDDEN, FFN);
    }
    add("output_norm.weight", 1, HIDDEN);
    add("output.weight", VOCAB, HIDDEN);
  }

  /** Adds a tensor of random values, or replaces it. */
  public TinyModel add(String ggufName, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    byGgufName.put(ggufName, new Weights(rows, columns, values));
    return this;
  }

  public TinyModel remove(String ggufName) {
    byGgufName.remove(ggufName);
    return this;
  }

  public Weights get(String ggufName) {
    return byGgufName.get(ggufName);
  }

  public Map<String, Weights> tensors() {
    return byGgufName;
  }

  /** The keys that every GGUF file of a model has. */
  public static GgufWriter ggufShape(String architecture) {
    return new GgufWriter()
        .text("general.architecture", architecture)
        .uint32(architecture + ".embedding_length", HIDDEN)
        .uint32(architecture + ".feed_forward_length", FFN)
        .uint32(architecture + ".block_count", LAYERS)
        .uint32(architecture + ".attention.head_count", HEADS)
        .uint32(architecture + ".attention.head_count_kv", KV_HEADS)
        .uint32(architecture + ".context_length", CONTEXT)
        .float32(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
  }

  /** All tensors after the metadata. */
  public GgufWriter addTo(GgufWriter writer) {
    byGgufName.forEach(
        (name, weights) -> {
          if (weights.rows == 1) {
            writer.vector(name, weights.values);
          } else {
            writer.matrix(name, Matrix.of(name, weights.rows, weights.columns, weights.values));
          }
        });
    return writer;
  }

  /** The {@code config.json} of a Hugging Face folder; more keys may be appended. */
  public static String huggingFaceConfig(String modelType, String more) {
    return """
    {"model_type": "%s", "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
     "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 10,
     "max_position_embeddings": 16, "rms_norm_eps": 1e-5, "hidden_act": "silu"%s}
    """
        .formatted(modelType, more);
  }

  /** A safetensors file of the tensors whose GGUF name starts with one of {@code prefixes}. */
  public byte[] safetensors(String... prefixes) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
    byGgufName.forEach(
        (name, weights) -> {
          if (List.of(prefixes).stream().anyMatch(name::startsWith)) {
            int begin = data.size();
            data.writeBytes(weights.littleEndian().array());
            header.append(
                ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                    .formatted(huggingFaceName(name), shape(weights), begin, data.size()));
          }
        });
    return safetensors(header.append('}').toString(), data.toByteArray());
  }

  private static String shape(Weights weights) {
    return weights.rows == 1 ? "" + weights.columns : weights.rows + "," + weights.columns;
  }

  /** A safetensors file of this header and data, sound or not. */
  public static byte[] safetensors(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  /** What Transformers calls a tensor. */
  public static String huggingFaceName(String ggufName) {
    return ggufName
        .replace("token_embd", "model.embed_tokens")
        .replace("output_norm", "model.norm")
        .replaceFirst("^output\\.", "lm_head.")
        .replaceFirst("^blk", "model.layers")
        .replace("attn_norm", "input_layernorm")
        .replace("attn_q_norm", "self_attn.q_norm")
        .replace("attn_k_norm", "self_attn.k_norm")
        .replace("attn_qkv", "self_attn.qkv_proj")
        .replace("attn_q.", "self_attn.q_proj.")
        .replace("attn_k.", "self_attn.k_proj.")
        .replace("attn_v.", "self_attn.v_proj.")
        .replace("attn_output", "self_attn.o_proj")
        .replace("ffn_norm", "post_attention_layernorm")
        .replaceFirst("ffn_(gate|up|down)", "mlp.$1_proj");
  }

  /** A llama2.c file of version 0, with rotary tables of NaN that nobody may read. */
  public byte[] llama2c(boolean tied) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(HIDDEN).putInt(FFN).putInt(LAYERS).putInt(HEADS).putInt(KV_HEADS);
    bytes.putInt(tied ? VOCAB : -VOCAB).putInt(CONTEXT);
    bytes.put(get("token_embd.weight").littleEndian());
    for (String kind :
        List.of(
            "attn_norm",
            "attn_q",
            "attn_k",
            "attn_v",
            "attn_output",
            "ffn_norm",
            "ffn_gate",
            "ffn_down",
            "ffn_up")) {
      for (int i = 0; i < LAYERS; i++) {
        bytes.put(get("blk." + i + "." + kind + ".weight").littleEndian());
      }
    }
    bytes.put(get("output_norm.weight").littleEndian());
    for (int i = 0; i < CONTEXT * HEAD_DIM; i++) {
      bytes.putFloat(Float.NaN);
    }
    if (!tied) {
      bytes.put(get("output.weight").littleEndian());
    }
    return java.util.Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Asserts that these are the model's weights, layer by layer. */
  public void assertSame(LlamaWeights weights) {
    assertSame("token_embd.weight", weights.embedding());
    for (int i = 0; i < LAYERS; i++) {
      LlamaWeights.Layer layer = weights.layers().get(i);
      String prefix = "blk." + i + ".";
      assertThat(layer.attentionNorm()).containsExactly(get(prefix + "attn_norm.weight").values);
      assertSame(prefix + "attn_q.weight", layer.query());
      assertSame(prefix + "attn_k.weight", layer.key());
      assertSame(prefix + "attn_v.weight", layer.value());
      assertSame(prefix + "attn_output.weight", layer.attentionOutput());
      assertThat(layer.ffnNorm()).containsExactly(get(prefix + "ffn_norm.weight").values);
      assertSame(prefix + "ffn_gate.weight", layer.gate());
      assertSame(prefix + "ffn_up.weight", layer.up());
      assertSame(prefix + "ffn_down.weight", layer.down());
    }
    assertThat(weights.finalNorm()).containsExactly(get("output_norm.weight").values);
    assertSame(weights.tied() ? "token_embd.weight" : "output.weight", weights.output());
  }

  private void assertSame(String name, Matrix matrix) {
    Weights expected = get(name);
    assertThat(matrix.rows()).as(name).isEqualTo(expected.rows);
    assertThat(matrix.columns()).as(name).isEqualTo(expected.columns);
    assertThat(floats(matrix)).as(name).containsExactly(expected.values);
  }

  /** The elements of an f32 matrix. */
  public static float[] floats(Matrix matrix) {
    return matrix
        .data()
        .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
  }

  /** Texts for a vocabulary. */
  public static List<String> tokens() {
    return IntStream.range(0, VOCAB).mapToObj(i -> "token" + i).collect(Collectors.toList());
  }
}
