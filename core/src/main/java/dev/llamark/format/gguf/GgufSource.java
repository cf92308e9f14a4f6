package dev.llamark.format.gguf;

import dev.llamark.format.Architecture;
import dev.llamark.format.FileRange;
import dev.llamark.format.LlamaReader;
import dev.llamark.format.ModelDescription;
import dev.llamark.format.ModelSource;
import dev.llamark.format.WeightReader;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/** A model in a GGUF file. */
public final class GgufSource implements ModelSource {

  private final GgufFile file;
  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final DType dtype;
  private final long parameters;

  private GgufSource(GgufFile file) {
    this.file = file;
    Architecture architecture = GgufConfig.architecture(file);
    WeightReader factors = new WeightReader(file.path().toString(), file.tensors());
    this.config = new GgufConfig(file, architecture).read(factors);
    WeightReader reader = new WeightReader(file.path().toString(), file.tensors());
    this.weights = LlamaReader.gguf(reader, architecture, config);
    reader.requireAllTaken(name -> factors.taken(name) || computed(name));
    this.dtype = reader.dtype();
    this.parameters = reader.parameters();
  }

  /**
   * Opens a model.
   *
   * @throws dev.llamark.run.InputException where the file is broken or holds no model that llamark
   *     knows
   */
  public static GgufSource open(Path path) {
    return of(GgufFile.open(path));
  }

  /** The model of an open file, which is closed with it, or at once where it is refused. */
  public static GgufSource of(GgufFile file) {
    try {
      return new GgufSource(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The table of inverse frequencies that some old files carry; llamark computes its own. */
  private static boolean computed(String tensor) {
    return tensor.endsWith(".attn_rot_embd.weight");
  }

  /** The file, for its metadata: the tokenizer lies there. Open as long as this is. */
  public GgufFile file() {
    return file;
  }

  @Override
  public String name() {
    return file.path().getFileName().toString();
  }

  @Override
  public LlamaConfig config() {
    return config;
  }

  @Override
  public LlamaWeights weights() {
    return weights;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long parameters() {
    return parameters;
  }

  @Override
  public Optional<FileRange> locate(MemorySegment data) {
    return file.mapping().locate(data);
  }

  @Override
  public ModelDescription description() {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    file.metadata().values().forEach((key, value) -> metadata.put(key, value.display()));
    return ModelDescription.of(
        this,
        "GGUF v" + file.version(),
        file.mapping().size(),
        tokenizer(),
        file.tensors().values(),
        metadata);
  }

  private String tokenizer() {
    GgufMetadata metadata = file.metadata();
    return metadata
        .findArray("tokenizer.ggml.tokens")
        .map(tokens -> tokens.length() + " tokens in the file")
        .map(tokens -> metadata.findText("tokenizer.ggml.model").orElse("unnamed") + ", " + tokens)
        .orElse("none");
  }

  @Override
  public void close() {
    file.close();
  }
}
