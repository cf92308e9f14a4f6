package dev.llamark.format;

/** The tensors of a Llama-family model and what files call them; {@code %d} is the layer. */
enum LlamaTensor {
  EMBEDDING("token_embd.weight", "model.embed_tokens.weight"),
  FINAL_NORM("output_norm.weight", "model.norm.weight"),
  OUTPUT("output.weight", "lm_head.weight"),
  ATTENTION_NORM("blk.%d.attn_norm.weight", "model.layers.%d.input_layernorm.weight"),
  QUERY("blk.%d.attn_q.weight", "model.layers.%d.self_attn.q_proj.weight"),
  KEY("blk.%d.attn_k.weight", "model.layers.%d.self_attn.k_proj.weight"),
  VALUE("blk.%d.attn_v.weight", "model.layers.%d.self_attn.v_proj.weight"),
  /** Rows of query, then key, then value. */
  QUERY_KEY_VALUE("blk.%d.attn_qkv.weight", "model.layers.%d.self_attn.qkv_proj.weight"),
  QUERY_BIAS("blk.%d.attn_q.bias", "model.layers.%d.self_attn.q_proj.bias"),
  KEY_BIAS("blk.%d.attn_k.bias", "model.layers.%d.self_attn.k_proj.bias"),
  VALUE_BIAS("blk.%d.attn_v.bias", "model.layers.%d.self_attn.v_proj.bias"),
  QUERY_NORM("blk.%d.attn_q_norm.weight", "model.layers.%d.self_attn.q_norm.weight"),
  KEY_NORM("blk.%d.attn_k_norm.weight", "model.layers.%d.self_attn.k_norm.weight"),
  ATTENTION_OUTPUT("blk.%d.attn_output.weight", "model.layers.%d.self_attn.o_proj.weight"),
  FFN_NORM("blk.%d.ffn_norm.weight", "model.layers.%d.post_attention_layernorm.weight"),
  GATE("blk.%d.ffn_gate.weight", "model.layers.%d.mlp.gate_proj.weight"),
  UP("blk.%d.ffn_up.weight", "model.layers.%d.mlp.up_proj.weight"),
  /** Rows of gate, then up. */
  GATE_UP("blk.%d.ffn_up.weight", "model.layers.%d.mlp.gate_up_proj.weight"),
  DOWN("blk.%d.ffn_down.weight", "model.layers.%d.mlp.down_proj.weight");

  private final String gguf;
  private final String huggingFace;

  LlamaTensor(String gguf, String huggingFace) {
    this.gguf = gguf;
    this.huggingFace = huggingFace;
  }

  /** Who named the tensors of a file. */
  enum Naming {
    GGUF,
    HUGGING_FACE
  }

  String name(Naming naming, int layer) {
    String name = naming == Naming.GGUF ? gguf : huggingFace;
    return name.replace("%d", Integer.toString(layer));
  }
}
