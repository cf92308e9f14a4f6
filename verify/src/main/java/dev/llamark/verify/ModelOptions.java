package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.model.KvCache;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.text.Tokenizer;
import dev.llamark.text.Tokenizers;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.OrtReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model, on which tokens, against which form of the reference. */
final class ModelOptions {

  private static final String DEFAULT_MODEL = "synthetic:probe";
  private static final String F32 = "f32";
  private static final int DEFAULT_POSITIONS = 48;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "A GGUF file, a Hugging Face folder, a llama2.c file, or synthetic:SHAPE[:TYPE];"
              + " by default synthetic:probe.")
  private String model;

  @Option(
      names = "--tokens",
      split = ",",
      paramLabel = "ID",
      description = "Token ids, as they stand; by default seeded random ones.")
  private List<Integer> tokens = List.of();

  @Option(names = "--prompt", paramLabel = "TEXT", description = "Text, turned into tokens.")
  private String prompt;

  @Option(
      names = {"-z", "--tokenizer"},
      paramLabel = "FILE",
      description = "Tokenizer for the prompt; by default the model's own.")
  private Path tokenizer;

  @Option(
      names = "-p",
      paramLabel = "N",
      description = "Number of random tokens; default 48, at most the model's context.")
  private Integer positions;

  @Option(
      names = "-n",
      paramLabel = "N",
      description = "Tokens to decode greedily after them, compared with the reference's.")
  private int generate;

  @Option(
      names = {"-d", "--depth"},
      paramLabel = "N",
      description = "Position of the first token, to sample a long context; default 0.")
  private int depth;

  @Option(names = "--kv", paramLabel = "f32|f16", description = "Type of the KV cache.")
  private String kv = F32;

  @Option(
      names = "--opset",
      paramLabel = "21|23",
      description = "Reference graph: primitives (21) or RMSNormalization, RotaryEmbedding (23).")
  private int opset = 21;

  @Option(
      names = "--onnx",
      paramLabel = "FILE",
      description =
          "Your own ONNX export of the model (Optimum, or ONNX Runtime GenAI), or its folder:"
              + " the reference, instead of a graph written by llamark.")
  private Path onnx;

  @Option(
      names = "--layers",
      description = "Show the error of every step: inherited, and added by the step itself.")
  private boolean layers;

  @Option(
      names = "--substitute",
      description = "Swap each operation of a failing variant for the oracle's: which was it?")
  private boolean substitute;

  @Option(names = "--strict", description = "AMBIGUOUS and MISTRUSTED end with 1 as FAIL does.")
  private boolean strict;

  /** Opens the model. */
  ModelSource open() {
    return ModelSources.open(model());
  }

  private String model() {
    return model == null ? DEFAULT_MODEL : model;
  }

  /** Opens the model of a golden file, which brings tokens and all else. */
  ModelSource open(Golden golden) {
    if (onnx != null) {
      throw new InputException("--golden compares without a reference; leave out --onnx");
    }
    boolean own = !tokens.isEmpty() || prompt != null || positions != null;
    if (own || generate != 0 || depth != 0 || !kv.equals(F32)) {
      throw new InputException(
          "--golden brings its own tokens; leave out --tokens, --prompt, -p, -n, -d and --kv");
    }
    String name = golden.model().name();
    if (model == null && !SyntheticSource.matches(name)) {
      throw new InputException("the golden file is of '%s': name its file with -m".formatted(name));
    }
    return ModelSources.open(model == null ? name : model);
  }

  /** The options that choose the model of a golden file again. */
  String replayModel() {
    return model == null ? "" : " -m " + model;
  }

  /** The user's own graph of the model, if it is to be the reference. */
  Optional<Path> onnx() {
    return Optional.ofNullable(onnx);
  }

  boolean layers() {
    return layers;
  }

  boolean substitute() {
    return substitute;
  }

  boolean strict() {
    return strict;
  }

  /** What to compare of an opened model. */
  ModelTask task(ModelSource source, long seed) {
    DType cache = KvCache.type(kv);
    if (onnx != null && opset != OrtReference.PRIMITIVES) {
      throw new InputException("--opset is of the graph that llamark writes; it excludes --onnx");
    }
    return ModelTask.of(ids(source, seed))
        .withKv(cache)
        .withOpset(opset)
        .withGenerate(generate)
        .withFirstPosition(depth);
  }

  private int[] ids(ModelSource source, long seed) {
    if (!tokens.isEmpty() && prompt != null) {
      throw new InputException("--tokens and --prompt exclude each other");
    }
    if (!tokens.isEmpty()) {
      return tokens.stream().mapToInt(Integer::intValue).toArray();
    }
    if (prompt != null) {
      return tokenizer(source).encodePrompt(prompt);
    }
    int most = source.config().context() - generate;
    int count = positions == null ? Math.min(DEFAULT_POSITIONS, most) : positions;
    if (count < 1) {
      throw new InputException("-p must leave at least 1 token, but leaves " + count);
    }
    return ModelTask.randomTokens(source.config(), count, seed);
  }

  private Tokenizer tokenizer(ModelSource source) {
    if (tokenizer != null) {
      return Tokenizers.read(tokenizer);
    }
    if (SyntheticSource.matches(model())) {
      throw new InputException(
          source.name() + " has no tokenizer for --prompt; give --tokens, or a tokenizer with -z");
    }
    return Tokenizers.of(source);
  }

  /** The options that repeat this comparison, but for the variant's. */
  String replay(ModelTask task, long seed) {
    StringBuilder out = new StringBuilder("-m ").append(model());
    if (tokens.isEmpty() && prompt == null) {
      out.append(" -p ").append(task.tokens().length).append(" --seed ").append(seed);
    } else {
      out.append(" --tokens ");
      for (int i = 0; i < task.tokens().length; i++) {
        out.append(i == 0 ? "" : ",").append(task.tokens()[i]);
      }
    }
    append(out, " -n ", generate, 0);
    append(out, " -d ", depth, 0);
    append(out, " --opset ", opset, 21);
    out.append(onnx == null ? "" : " --onnx " + onnx);
    return out.append(kv.equalsIgnoreCase(F32) ? "" : " --kv f16").toString();
  }

  private static void append(StringBuilder out, String option, int value, int normal) {
    if (value != normal) {
      out.append(option).append(value);
    }
  }
}
