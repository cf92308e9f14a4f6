package dev.llamark.bench.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.compare.BaselineOptions;
import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.ops.ForkArgs;
import dev.llamark.bench.ops.TimingOptions;
import dev.llamark.bench.report.BenchReport;
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
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.VariantOptions;
import dev.llamark.verify.model.LogitsCheck;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.onnx.FusedOrtModel;
import dev.llamark.verify.onnx.OrtRuntime;
import java.time.Duration;
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

  private String form = "";
  private boolean quantised;
  private ModelId id;

  /** So much time, if neither another budget nor a number of forks is given. */
  private static final Duration BUDGET = Duration.ofMinutes(5);

  private static final Duration QUICK_BUDGET = Duration.ofMinutes(2);

  /**
   * Above it the reference's copy of the weights is not worth its memory: the gate's floor holds.
   */
  private static final long MOST_FOR_REFERENCE = 2_000_000_000L;

  private final List<ModelRecord> records = new ArrayList<>();
  private final List<Failure> failures = new ArrayList<>();
  private final Map<String, ForkResult.Failed> unprobed = new LinkedHashMap<>();

  /**
   * A variant that did not get through a test.
   *
   * @param gates whether the run fails by it: not by a peer's
   */
  private record Failure(String title, ForkResult.Failed what, boolean gates) {}

  @Override
  public Integer call() {
    baseline.check();
    List<Variant> selected = variants.selected(variants.registry());
    List<String> jvmArgs = ForkArgs.of(timing.jvmArgs(), variants, output.seed());
    BenchReport report = new BenchReport(output, "llamark bench model");
    Environment env = Environment.collect(output.seed());
    try (Progress progress = Progress.onTerminal()) {
      ModelRun run = prepare(env, jvmArgs, report, progress);
      try (OutputOptions.Sink sink = output.open()) { // only now, for it empties the file
        measure(run, selected, sink, progress, env);
      }
    }
    print(selected, report);
    boolean ownFailed = failures.stream().anyMatch(Failure::gates);
    ExitCode code =
        ownFailed ? ExitCode.WRONG : records.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK;
    return baseline.judge(code, records, row -> selects(row, selected), output).code();
  }

  /** Looks at the model, and at how far ONNX Runtime itself is from it in double. */
  private ModelRun prepare(
      Environment env, List<String> jvmArgs, BenchReport report, Progress progress) {
    DType type = DType.of(kv);
    if (type != DType.F32 && type != DType.F16) {
      throw new InputException("--kv must be f32 or f16, but is " + kv);
    }
    if (tests().isEmpty()) {
      throw new InputException("-p 0 and -n 0 leave nothing to time");
    }
    try (ModelSource source = ModelSources.open(model)) {
      int longest = tests().stream().mapToInt(test -> test.depth() + test.tokens()).max().orElse(0);
      if (longest > source.config().context()) {
        throw new InputException(
            "%s is made for %d positions, but a test needs %d; shorten it with -p, -n, -d"
                .formatted(model, source.config().context(), longest));
      }
      id = ModelId.of(source);
      form = FusedOrtModel.form(source.config());
      quantised = source.dtype() != DType.F32;
      report.headline(
          "%s\nmodel %s · %s · %.1f M parameters · KV cache %s"
              .formatted(
                  Headline.text(env, variants.mostThreads()),
                  id.name(),
                  id.dtype(),
                  id.params() / 1e6,
                  kv));
      progress.show("the reference's own noise");
      return new ModelRun(model, id, type.id(), referenceNmse(source), jvmArgs, timing.profilers());
    }
  }

  private double referenceNmse(ModelSource source) {
    if (OrtRuntime.unusable().isPresent() || source.parameters() > MOST_FOR_REFERENCE) {
      return 0;
    }
    int[] tokens = ModelTask.randomTokens(source.config(), ModelBenchmark.CHECKED, output.seed());
    try (ThreadTeam team = new ThreadTeam(variants.mostThreads())) {
      return new LogitsCheck(source, tokens, team).referenceNmse();
    }
  }

  private List<SpeedTest> tests() {
    List<SpeedTest> tests = new ArrayList<>();
    for (int depth : depths) {
      add(tests, SpeedTest.Kind.PROMPT, prompts, depth);
      add(tests, SpeedTest.Kind.GENERATE, generated, depth);
    }
    return tests;
  }

  private static void add(
      List<SpeedTest> tests, SpeedTest.Kind kind, List<Integer> lengths, int depth) {
    if (depth < 0 || lengths.stream().anyMatch(n -> n < 0)) {
      throw new InputException("-p, -n and -d must not be negative");
    }
    lengths.stream().filter(n -> n > 0).forEach(n -> tests.add(new SpeedTest(kind, n, depth)));
  }

  private void measure(
      ModelRun run,
      List<Variant> selected,
      OutputOptions.Sink sink,
      Progress progress,
      Environment env) {
    Duration usual = timing.quick() ? QUICK_BUDGET : BUDGET;
    Duration budget = repetitions == null ? timing.budget(usual) : timing.budget();
    long start = System.nanoTime();
    int all = tests().size() * variants.threads().size();
    int done = 0;
    for (int threads : variants.threads()) {
      for (SpeedTest test : tests()) {
        Duration left = budget.minusNanos(System.nanoTime() - start).dividedBy(all - done);
        String place = "%d of %d · ".formatted(++done, all);
        try (JmhForks forks = new JmhForks(timing.limited(test.timing(timing.quick())))) {
          PairedRun paired = new PairedRun(forks, timing.rule(repetitions), left);
          add(
              run.run(
                  test,
                  selected,
                  threads,
                  paired,
                  env.refreshed().forked(timing.jvmArgs()),
                  what -> progress.show(place + what)),
              SpeedTest.title(test.name(), test.depth()) + " · " + threads + " t",
              sink);
        }
      }
    }
  }

  private void add(ModelRun.Result result, String title, OutputOptions.Sink sink) {
    result.records().forEach(sink);
    records.addAll(result.records());
    result.unprobed().ifPresent(failed -> unprobed.put("probe · " + title, failed));
    result
        .failures()
        .forEach(
            (variant, failed) ->
                failures.add(
                    new Failure(
                        variant.title() + " · " + title, failed, variant.role() == Role.VARIANT)));
  }

  /** Whether a row of another run is of this model with a cache of this type. */
  static boolean same(ModelId model, DType cache, ObjectNode row) {
    boolean ort = row.path("variant").asText().equals(ModelBenchmark.ORT);
    return row.at("/model/name").asText().equals(model.name())
        && row.at("/model/dtype").asText().equals(model.dtype())
        && row.path("kv").asText().equals((ort ? DType.F32 : cache).id());
  }

  /** Whether it is also of a test, a variant and a number of threads of this run. */
  private boolean selects(ObjectNode row, List<Variant> selected) {
    String variant = row.path("variant").asText();
    return same(id, DType.of(kv), row)
        && tests().stream()
            .anyMatch(
                test ->
                    test.name().equals(row.path("test").asText())
                        && test.depth() == row.path("depth").asInt())
        && variants.threads().contains(row.path("threads").asInt())
        && (!variants.named() || selected.stream().anyMatch(v -> v.id().equals(variant)));
  }

  /** How the peer runs, which is not as ours do. */
  private List<String> notes(List<Variant> selected) {
    if (selected.stream().noneMatch(variant -> variant.id().equals(ModelBenchmark.ORT))) {
      return List.of();
    }
    String weights = quantised ? "; weights decoded to f32" : "";
    String cache = DType.of(kv) == DType.F32 ? "" : "; its cache is f32 all the same";
    return List.of("ort: the whole model as one session, " + form + weights + cache);
  }

  private void print(List<Variant> selected, BenchReport report) {
    if (!records.isEmpty()) {
      ModelTable table = new ModelTable(selected.getFirst().id());
      records.forEach(table::add);
      notes(selected).forEach(table::note);
      report.results(table.text(), table.markdown());
    }
    failures.forEach(failure -> report.failed(failure.title(), failure.what(), failure.gates()));
    unprobed.forEach(
        (title, failed) ->
            report.lacks(title, failed, "how fast the machine itself was is not known"));
  }
}
