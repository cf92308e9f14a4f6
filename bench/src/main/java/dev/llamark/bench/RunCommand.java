package dev.llamark.bench;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.text.Generation;
import dev.llamark.text.Sampler;
import dev.llamark.text.StopReason;
import dev.llamark.text.TextGenerator;
import dev.llamark.text.Tokenizer;
import dev.llamark.text.Tokenizers;
import dev.llamark.verify.Headline;
import dev.llamark.verify.VariantOptions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark run}: continues a text. */
@Command(
    name = "run",
    description =
        "Continue a text with a model: the text on standard output, speed and why it ended on"
            + " standard error.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  /** Preferred where the user names none. */
  private static final List<String> FASTEST_FIRST = List.of("vector", "scalar");

  @Option(
      names = {"-m", "--model"},
      required = true,
      paramLabel = "MODEL",
      description = "GGUF file, Hugging Face folder, llama2.c file or synthetic:SHAPE.")
  private String model;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Text to continue; without one, the model begins.")
  private String prompt;

  @Option(
      names = "--tokens",
      split = ",",
      paramLabel = "ID",
      description = "Tokens to continue, as they stand, in place of a text.")
  private List<Integer> tokens;

  @Option(
      names = "-n",
      paramLabel = "N",
      description = "Most tokens to generate; by default ${DEFAULT-VALUE}.")
  private int most = 128;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "0 takes the likeliest token, larger is freer; by default ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Share of the likeliest tokens that take part; by default ${DEFAULT-VALUE}.")
  private double topP = 0.95;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the choices; by default ${DEFAULT-VALUE}.")
  private long seed = 42;

  @Option(
      names = "--kv",
      paramLabel = "TYPE",
      description = "Type of the KV cache: f32 or f16; by default ${DEFAULT-VALUE}.")
  private String kv = "f32";

  @Option(
      names = {"-z", "--tokenizer"},
      paramLabel = "FILE",
      description = "tokenizer.json, .model, .bin or .gguf; by default what comes with the model.")
  private Path tokenizerFile;

  @Mixin private VariantOptions variants;

  private String withoutText = "";

  @Override
  public Integer call() {
    checkOptions();
    DType cacheType = KvCache.type(kv);
    KernelRegistry registry = variants.registry();
    Variant variant = variant(registry);
    try (ModelSource source = ModelSources.open(model);
        ThreadTeam team = new ThreadTeam(variants.mostThreads())) {
      Optional<Tokenizer> tokenizer = tokenizer(source);
      int[] ids = promptIds(source, tokenizer);
      Kernels kernels = registry.open(variant.id(), team);
      try (Llama llama = Llama.of(source.config(), source.weights(), source::map, kernels)) {
        int wanted = (int) Math.min((long) ids.length + most, Integer.MAX_VALUE);
        int capacity = Math.max(1, Math.min(source.config().context(), wanted));
        CachedLlama cached = new CachedLlama(llama, llama.newCache(capacity, cacheType));
        Generation generation = generate(cached, ids, tokenizer);
        System.err.printf("%n%s%s%n", withoutText, summary(generation, source, variant, team));
        return exitCode(generation.reason()).code();
      }
    }
  }

  private void checkOptions() {
    require(prompt == null || tokens == null, "--prompt and --tokens must not be given together");
    require(most >= 0, "-n must be at least 0, but is " + most);
    require(
        temperature >= 0 && Double.isFinite(temperature),
        "--temperature must be finite and at least 0, but is " + temperature);
    require(topP > 0 && topP <= 1, "--top-p must be above 0 and at most 1, but is " + topP);
    require(
        variants.threads().size() == 1,
        "--threads must be one number, but is " + variants.threads());
  }

  private Variant variant(KernelRegistry registry) {
    if (variants.named()) {
      List<Variant> selected = variants.selected(registry);
      require(
          selected.size() == 1, "--kernels must name one variant, but names " + selected.size());
      return selected.getFirst();
    }
    for (String id : FASTEST_FIRST) {
      for (Variant candidate : registry.variants()) {
        if (candidate.id().equals(id) && candidate.usable()) {
          return candidate;
        }
      }
    }
    return registry.variant(FASTEST_FIRST.getLast()); // says why there is none
  }

  /** Tokens need no tokenizer: without one, ids are printed in place of text. */
  private Optional<Tokenizer> tokenizer(ModelSource source) {
    try {
      return Optional.of(
          tokenizerFile == null ? Tokenizers.of(source) : Tokenizers.read(tokenizerFile));
    } catch (InputException e) {
      if (tokens == null || tokenizerFile != null) {
        throw e;
      }
      withoutText = "ids in place of text: " + e.getMessage() + "\n";
      return Optional.empty();
    }
  }

  private int[] promptIds(ModelSource source, Optional<Tokenizer> tokenizer) {
    int vocab = source.config().vocab();
    if (tokenizer.isPresent()) {
      int size = tokenizer.get().vocabulary().size();
      require(
          size <= vocab,
          "%s: the tokenizer must have at most the model's %d tokens, but has %d"
              .formatted(model, vocab, size));
    }
    if (tokens == null) {
      return tokenizer.orElseThrow().encodePrompt(prompt == null ? "" : prompt);
    }
    for (int id : tokens) {
      require(
          id >= 0 && id < vocab,
          "--tokens must be from 0 to %d, but one is %d".formatted(vocab - 1, id));
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private Generation generate(CachedLlama llama, int[] ids, Optional<Tokenizer> tokenizer) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Continuation text = new Continuation(out, tokenizer);
    IntPredicate ends = id -> tokenizer.isPresent() && tokenizer.get().ends(id);
    text.begin(ids);
    Sampler sampler = new Sampler(temperature, topP, seed);
    Generation generation =
        new TextGenerator(llama, sampler, ends).generate(ids, most, text::token);
    text.end();
    return generation;
  }

  private String summary(
      Generation generation, ModelSource source, Variant variant, ThreadTeam team) {
    String lines =
        """
        %s, %s, %s KV cache, %s, %s
        prompt      %5d tokens  %10.1f tokens/s
        generation  %5d tokens  %10.1f tokens/s
        ended: %s""";
    return String.format(
        Locale.ROOT,
        lines,
        source.name(),
        source.dtype().id(),
        kv.toLowerCase(Locale.ROOT),
        variant.title(),
        Headline.counted(team.size(), "thread"),
        generation.promptTokens(),
        generation.promptRate(),
        generation.tokens().size(),
        generation.stepRate(),
        generation.reason().sentence());
  }

  private static ExitCode exitCode(StopReason reason) {
    return switch (reason) {
      case END_OF_TEXT, LENGTH, CACHE_FULL -> ExitCode.OK;
      case INVALID_LOGITS -> ExitCode.WRONG;
    };
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new InputException(sentence);
    }
  }
}
