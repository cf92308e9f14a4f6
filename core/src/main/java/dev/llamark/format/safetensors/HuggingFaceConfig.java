package dev.llamark.format.safetensors;

import dev.llamark.format.Architecture;
import dev.llamark.format.CheckedConfig;
import dev.llamark.model.LlamaConfig;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import java.nio.file.Path;
import java.util.SequencedMap;

/** Reads a model's shape from a {@code config.json} as Transformers writes it. */
final class HuggingFaceConfig {

  private final JsonKeys keys;

  HuggingFaceConfig(Path file) {
    this.keys = new JsonKeys(file, JsonFile.read(file));
  }

  Architecture architecture() {
    String key = "model_type";
    String type =
        keys.text(key)
            .orElseThrow(() -> new InputException(keys.file() + ": '" + key + "' is missing"));
    return Architecture.of(type, keys.file() + ": '" + key + "'");
  }

  /** Whether the output matrix is the embedding; not so where the file does not say. */
  boolean tied() {
    return keys.flag("tie_word_embeddings", false);
  }

  LlamaConfig read() {
    architecture();
    requireSupported();
    int hidden = keys.requiredSize("hidden_size");
    int heads = keys.requiredSize("num_attention_heads");
    int headDim = keys.size("head_dim").orElse(0);
    if (headDim == 0) {
      if (hidden % heads != 0) {
        throw keys.refuse("num_attention_heads", "a divisor of hidden_size " + hidden);
      }
      headDim = hidden / heads;
    }
    HuggingFaceRope rope = new HuggingFaceRope(keys);
    int context = keys.requiredSize("max_position_embeddings");
    return config(hidden, heads, headDim, context, rope);
  }

  private LlamaConfig config(
      int hidden, int heads, int headDim, int context, HuggingFaceRope rope) {
    return CheckedConfig.of(
        keys.file().toString(),
        () -> {
          int rotaryDim = rope.rotaryDim(headDim);
          RopeScaling scaling = rope.scaling(rotaryDim, context);
          return new LlamaConfig(
              architecture().id(),
              hidden,
              keys.requiredSize("intermediate_size"),
              keys.requiredSize("num_hidden_layers"),
              heads,
              keys.size("num_key_value_heads").orElse(heads),
              headDim,
              keys.requiredSize("vocab_size"),
              Math.min(reach(scaling, context), window()),
              rotaryDim,
              rope.theta(),
              (float) keys.requiredReal("rms_norm_eps"),
              scaling,
              Pairing.HALVES);
        });
  }

  /**
   * The context to which a scaling stretches the model, where {@code max_position_embeddings} still
   * is that of the training.
   */
  private static int reach(RopeScaling scaling, int context) {
    double stretched =
        switch (scaling) {
          case RopeScaling.Dynamic dynamic -> dynamic.factor() * dynamic.originalContext();
          case RopeScaling.Yarn yarn -> yarn.factor() * yarn.originalContext();
          case RopeScaling.None _,
              RopeScaling.Linear _,
              RopeScaling.Llama3 _,
              RopeScaling.LongRope _,
              RopeScaling.PerPair _ ->
              context;
        };
    return (int) Math.max(context, Math.min(stretched, Integer.MAX_VALUE));
  }

  /** All keys with their values as a person reads them. */
  SequencedMap<String, String> shown() {
    return keys.shown();
  }

  /** Within its sliding window a model attends to everything, which is what llamark computes. */
  private int window() {
    return keys.flag("use_sliding_window", true)
        ? keys.size("sliding_window").orElse(Integer.MAX_VALUE)
        : Integer.MAX_VALUE;
  }

  private void requireSupported() {
    String activation = "hidden_act";
    if (!keys.text(activation).orElse("silu").equals("silu")) {
      throw keys.refuse(activation, "silu");
    }
    String quantisation = "quantization_config";
    if (keys.has(quantisation)) {
      throw keys.refuse(quantisation, "absent: only F32, F16 and BF16 weights are read");
    }
  }
}
