package dev.llamark.format.safetensors;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A model in a Hugging Face folder. */
public final class HuggingFaceSource implements ModelSource {

  private static final String CONFIG = "config.json";

  private static final List<String> TOKENIZERS =
      List.of("tokenizer.json", "tokenizer.model", "vocab.json");

  private final Path folder;
  private final HuggingFaceConfig json;
  private final WeightFiles files;
  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final DType dtype;
  private final long parameters;

  private HuggingFaceSource(
      Path folder, HuggingFaceConfig json, LlamaConfig config, WeightFiles files) {
    this.folder = folder;
    this.json = json;
    this.config = config;
    this.files = files;
    Architecture architecture = json.architecture();
    boolean tied = json.tied();
    WeightReader reader = new WeightReader(folder.toString(), files.tensors());
    this.weights = LlamaReader.huggingFace(reader, architecture, config, tied);
    reader.requireAllTaken(name -> computed(name) || (tied && name.equals("lm_head.weight")));
    this.dtype = reader.dtype();
    this.parameters = reader.parameters();
  }

  /** Whether a folder looks like one of these. */
  public static boolean matches(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /**
   * Opens a model.
   *
   * @throws dev.llamark.run.InputException where a file is broken or the folder holds no model that
   *     llamark knows
   */
  public static HuggingFaceSource open(Path folder) {
    HuggingFaceConfig json = new HuggingFaceConfig(folder.resolve(CONFIG));
    LlamaConfig config = json.read();
    WeightFiles files = WeightFiles.open(folder);
    try {
      return new HuggingFaceSource(folder, json, config, files);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /** Inverse frequencies that some old files carry; llamark computes its own. */
  private static boolean computed(String tensor) {
    return tensor.endsWith(".rotary_emb.inv_freq");
  }

  /** The folder, for its tokenizer. */
  public Path folder() {
    return folder;
  }

  @Override
  public String name() {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? folder.toString() : name.toString();
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
    return files.locate(data);
  }

  @Override
  public ModelDescription description() {
    return ModelDescription.of(
        this,
        "Hugging Face folder, " + files.count() + " safetensors",
        files.bytes(),
        tokenizer(),
        files.tensors().values(),
        json.shown());
  }

  private String tokenizer() {
    return TOKENIZERS.stream()
        .filter(name -> Files.isRegularFile(folder.resolve(name)))
        .findFirst()
        .orElse("none");
  }

  @Override
  public void close() {
    files.close();
  }
}
