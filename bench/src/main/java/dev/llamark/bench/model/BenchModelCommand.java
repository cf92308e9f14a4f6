package dev.llamark.bench.model;

import dev.llamark.bench.compare.BaselineOptions;
import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.ops.ForkArgs;
import dev.llamark.bench.ops.TimingOptions;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ModelId;
import dev.llamark.run.ModelRecord;
import dev.llamark.run.Progress;
import dev.llamark.tensor.DType;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark bench model}. */
@Command(
    name = "model",
    description = "Time a whole model: prompt (pp) and generation (tg), in tokens per second.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class BenchModelCommand implements Callable<Integer> {

  @Mixin private VariantOptions variants;
  @Mixin private TimingOptions timing;
  @Mixin private OutputOptions output;
  @Mixin private BaselineOptions baseline;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "A GGUF file, a Hugging Face folder, or synthetic:SHAPE; default ${DEFAULT-VALUE}.",
      defaultValue = "synthetic:stories15m")
  private String model;

  @Option(
      names = {"-p", "--prompt-tokens"},
      split = ",",
      paramLabel = "N",
      description = "Lengths of prompts; default 512, 0 for none.")
  private List<Integer> prompts = List.of(512);

  @Option(
      names = "-n",
      split = ",",
      paramLabel = "N",
      description = "Tokens to generate; default 128, 0 for none.")
  private List<Integer> generated = List.of(128);

  @Option(
      names = "-d",
      split = ",",
      paramLabel = "N",
      description = "Tokens in the cache before; default 0.")
  private List<Integer> depths = List.of(0);

  @Option(names = "-r", paramLabel = "N", description = "Repetitions: the same as --forks.")
  private Integer repetitions;

  @Option(
      names = "--kv",
      paramLabel = "f32|f16",
      description = "Type of the KV cache; default f32.")
  private String kv = "f32";

  private final List<ModelRecord> records = new ArrayList<>();
  private final Map<String, ForkResult.Failed> failures = new LinkedHashMap<>();
  private boolean ownFailed;

  /** One test: prompt or generation. */
  private record Test(String method, String name, int tokens, int depth) {}

  @Override
  public Integer call() {
    baseline.check();
    List<Variant> selected = variants.selected(variants.registry());
    Environment env = Environment.collect(output.seed());
    ModelId id = identify();
    if (output.text()) {
      System.out.println(Headline.text(env, variants.mostThreads()));
      System.out.printf(
          "model %s · %s · %.1f M parameters%n%n", id.name(), id.dtype(), id.params() / 1e6);
    }
    try (JmhForks forks = new JmhForks(timing.timing());
        OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal()) {
      for (int threads : variants.threads()) {
        for (Test test : tests()) {
          run(test, selected, threads, forks, id, env, sink, progress);
        }
      }
    }
    print(selected);
    ExitCode code =
        ownFailed ? ExitCode.WRONG : records.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK;
    ExitCode judged = baseline.judge(records, output).orElse(code);
    return (code == ExitCode.WRONG ? code : judged).code();
  }

  private ModelId identify() {
    DType type = DType.of(kv);
    if (type != DType.F32 && type != DType.F16) {
      throw new InputException("--kv must be f32 or f16, but is " + kv);
    }
    try (ModelSource source = ModelSources.open(model)) {
      int longest = tests().stream().mapToInt(test -> test.depth() + test.tokens()).max().orElse(0);
      if (longest > source.config().context()) {
        throw new InputException(
            "%s is made for %d positions, but a test needs %d; shorten it with -p, -n, -d"
                .formatted(model, source.config().context(), longest));
      }
      return ModelId.of(source);
    }
  }

  private List<Test> tests() {
    List<Test> tests = new ArrayList<>();
    for (int depth : depths) {
      prompts.stream()
          .filter(n -> n > 0)
          .forEach(n -> tests.add(new Test("prompt", "pp" + n, n, depth)));
      generated.stream()
          .filter(n -> n > 0)
          .forEach(n -> tests.add(new Test("generate", "tg" + n, n, depth)));
    }
    return tests;
  }

  private void run(
      Test test,
      List<Variant> selected,
      int threads,
      JmhForks forks,
      ModelId id,
      Environment env,
      OutputOptions.Sink sink,
      Progress progress) {
    Map<Variant, ForkSpec> contenders = new LinkedHashMap<>();
    selected.forEach(variant -> contenders.put(variant, spec(test, variant, threads)));
    PairedRun.Rounds rounds =
        new PairedRun(forks, timing.rule(repetitions), timing.budget())
            .run(List.copyOf(contenders.values()), progress::show);
    for (Map.Entry<Variant, ForkSpec> entry : contenders.entrySet()) {
      Variant variant = entry.getKey();
      ForkResult.Failed failed = rounds.failed().get(entry.getValue());
      if (failed != null) {
        failures.put(entry.getValue().title(), failed);
        ownFailed |= variant.role() == Role.VARIANT;
        continue;
      }
      ModelRecord result =
          ModelRows.record(
              test.name(),
              test.tokens(),
              test.depth(),
              kv,
              id,
              variant,
              threads,
              rounds,
              contenders,
              env.refreshed());
      records.add(result);
      sink.accept(result);
    }
  }

  private ForkSpec spec(Test test, Variant variant, int threads) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("model", model);
    parameters.put("variant", variant.id());
    parameters.put("threads", String.valueOf(threads));
    parameters.put("tokens", String.valueOf(test.tokens()));
    parameters.put("depth", String.valueOf(test.depth()));
    parameters.put("kv", kv);
    return new ForkSpec(
        variant.title() + " · " + test.name(),
        new ForkSpec.Method(ModelBenchmark.class, test.method()),
        parameters,
        ForkArgs.of(timing, variants, output.seed()),
        timing.profilers());
  }

  private void print(List<Variant> selected) {
    switch (output.format()) {
      case TEXT -> System.out.println(ModelRows.table(records, selected).text());
      case MD -> System.out.println(ModelRows.table(records, selected).markdown());
      case JSON -> {}
    }
    failures.forEach(
        (title, failed) ->
            System.err.printf(
                "%s: %s%n%s%n%n",
                title, failed.reason(), failed.output().indent(4).stripTrailing()));
  }
}
