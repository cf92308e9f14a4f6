package dev.llamark.format.gguf;

import dev.llamark.format.Architecture;
import dev.llamark.format.CheckedConfig;
import dev.llamark.format.Tensor;
import dev.llamark.format.WeightReader;
import dev.llamark.model.LlamaConfig;
import dev.llamark.run.InputException;
import java.util.OptionalDouble;

/**
 * Reads a model's shape from the metadata of a GGUF file. Keys start with the architecture's name,
 * as in {@code llama.embedding_length}.
 */
final class GgufConfig {

  private static final double DEFAULT_THETA = 10000;

  private final GgufFile file;
  private final GgufMetadata metadata;
  private final Architecture architecture;

  GgufConfig(GgufFile file, Architecture architecture) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = architecture;
  }

  static Architecture architecture(GgufFile file) {
    String key = "general.architecture";
    return Architecture.of(file.metadata().text(key), file.path() + ": metadata '" + key + "'");
  }

  LlamaConfig read(WeightReader weights) {
    requireSupported();
    int hidden = size("embedding_length");
    int heads = sizeInAllLayers("attention.head_count");
    int kvHeads =
        has("attention.head_count_kv") ? sizeInAllLayers("attention.head_count_kv") : heads;
    int headDim = headDim(hidden, heads);
    int rotaryDim = has("rope.dimension_count") ? size("rope.dimension_count") : headDim;
    int context = context();
    double theta = metadata.findReal(key("rope.freq_base")).orElse(DEFAULT_THETA);
    return CheckedConfig.of(
        file.path().toString(),
        () ->
            new LlamaConfig(
                architecture.id(),
                hidden,
                sizeInAllLayers("feed_forward_length"),
                size("block_count"),
                heads,
                kvHeads,
                headDim,
                vocab(),
                context,
                rotaryDim,
                theta,
                epsilon(),
                new GgufRopeScaling(file, architecture.id(), weights).read(rotaryDim, context),
                architecture.ggufPairing()));
  }

  private void requireSupported() {
    requireAtMost("expert_count", 0, "a mixture of experts");
    requireAtMost("split.count", 1, "a part of a model that is split over several files");
  }

  private void requireAtMost(String name, int most, String what) {
    String key = name.startsWith("split.") ? name : key(name);
    if (metadata.findWhole(key).orElse(0) > most) {
      throw new InputException(
          "%s: metadata '%s' is %s: %s is not supported"
              .formatted(file.path(), key, metadata.values().get(key).display(), what));
    }
  }

  private int headDim(int hidden, int heads) {
    if (has("attention.key_length")) {
      int headDim = size("attention.key_length");
      String value = key("attention.value_length");
      if (metadata.findWhole(value).orElse(headDim) != headDim) {
        throw metadata.refuse(
            value, "the length of keys, " + headDim, metadata.values().get(value));
      }
      return headDim;
    }
    if (hidden % heads != 0) {
      String key = key("attention.head_count");
      throw metadata.refuse(
          key, "a divisor of the hidden width " + hidden, metadata.values().get(key));
    }
    return hidden / heads;
  }

  /** Within its sliding window a model attends to everything, which is what llamark computes. */
  private int context() {
    int context = size("context_length");
    long window = metadata.findWhole(key("attention.sliding_window")).orElse(0);
    return window > 0 ? (int) Math.min(context, window) : context;
  }

  private int vocab() {
    String embedding = "token_embd.weight";
    Tensor tensor = file.tensors().get(embedding);
    if (tensor == null) {
      throw new InputException(file.path() + ": tensor '" + embedding + "' is missing");
    }
    long vocab = tensor.shape().getFirst();
    String key = key("vocab_size");
    requireEqual(key, metadata.findWhole(key).orElse(vocab), vocab);
    String tokens = "tokenizer.ggml.tokens";
    requireEqual(tokens, metadata.findArray(tokens).map(GgufArray::length).orElse(vocab), vocab);
    return (int) Math.min(vocab, Integer.MAX_VALUE);
  }

  private void requireEqual(String key, long size, long vocab) {
    if (size != vocab) {
      throw metadata.refuse(
          key, "of the embedding's " + vocab + " tokens", metadata.values().get(key));
    }
  }

  private float epsilon() {
    String key = key("attention.layer_norm_rms_epsilon");
    OptionalDouble epsilon = metadata.findReal(key);
    if (epsilon.isEmpty()) {
      throw new InputException(file.path() + ": metadata '" + key + "' is missing");
    }
    return (float) epsilon.getAsDouble();
  }

  private boolean has(String name) {
    return metadata.find(key(name)).isPresent();
  }

  private int size(String name) {
    return metadata.whole(key(name), 1, Integer.MAX_VALUE);
  }

  /** A size that some writers give once and others once per layer. */
  private int sizeInAllLayers(String name) {
    String key = key(name);
    if (!(metadata.find(key).orElse(null) instanceof GgufArray array)) {
      return size(name);
    }
    long[] sizes = array.length() <= 1 << 16 ? array.wholes() : new long[0];
    for (long size : sizes) {
      if (size != sizes[0]) {
        throw metadata.refuse(key, "the same in all layers", array);
      }
    }
    if (sizes.length == 0 || sizes[0] < 1 || sizes[0] > Integer.MAX_VALUE) {
      throw metadata.refuse(key, "positive sizes", array);
    }
    return (int) sizes[0];
  }

  private String key(String name) {
    return architecture.id() + "." + name;
  }
}
