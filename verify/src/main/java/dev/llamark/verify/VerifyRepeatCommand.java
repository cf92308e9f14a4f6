package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.InputException;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ModelId;
import dev.llamark.run.Progress;
import dev.llamark.run.TextTable;
import dev.llamark.tensor.DType;
import dev.llamark.verify.model.Gate;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.repeat.FreshJvm;
import dev.llamark.verify.repeat.RepeatFinding;
import dev.llamark.verify.repeat.RepeatFinding.Check;
import dev.llamark.verify.repeat.SameJvm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark verify repeat}: the same bits again? */
@Command(
    name = "repeat",
    description = {
      "Run a model again and again and compare every bit: twice, on other numbers of threads,",
      "interpreted and compiled (in JVMs of their own), token by token against all at once, and at",
      "each width of vectors; the last two may differ within the bound of two float computations."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifyRepeatCommand implements Callable<Integer> {

  /** Few enough for an interpreter. */
  private static final int POSITIONS_OF_FRESH_JVMS = 3;

  private static final int LEAST_THREADS = 3;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "The model; by default synthetic:probe.")
  private String model = "synthetic:probe";

  @Option(
      names = "-p",
      paramLabel = "N",
      description = "Tokens in this JVM; default 24. Fresh JVMs take the first three of them.")
  private int positions = 24;

  @Option(
      names = "--check",
      split = ",",
      paramLabel = "CHECK",
      description = "Only these: twice, threads, phases, tiers, widths.")
  private List<String> checks = List.of();

  @Option(
      names = "--emulate",
      description = "Try widths that the CPU lacks too: the Vector API emulates them, slowly.")
  private boolean emulate;

  @Mixin private ShardOptions shard;
  @Mixin private VariantOptions variants;
  @Mixin private OutputOptions output;

  private final Outcome outcome = new Outcome();
  private final List<RepeatFinding> findings = new ArrayList<>();

  @Override
  public Integer call() {
    CommandReport report = new CommandReport(output, "llamark verify repeat");
    KernelRegistry registry = variants.registry();
    List<Variant> selected = shard.of(variants.selected(registry, outcome::leftOut));
    Environment environment = shard.mark(Environment.collect(output.seed()));
    List<Check> wanted = wanted();
    List<Integer> threads = threads();
    report.print(Headline.text(environment, threads.getFirst()) + "\n");
    try (OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal();
        ModelSource source = ModelSources.open(model)) {
      ModelId id = ModelId.of(source);
      Consumer<RepeatFinding> add =
          finding -> {
            findings.add(finding);
            sink.accept(finding.toRecord(id, threads.getFirst(), environment));
          };
      int[] tokens = tokens(source);
      List<Variant> opened =
          inThisJvm(registry, source, tokens, wanted, threads, selected, progress, add);
      inFreshJvms(registry, source, tokens, wanted, threads.getFirst(), opened, progress, add);
      report.table(
          ModelReport.headline(source, tokens.length, "the same bits again?"), table(), "");
      sink.end(environment);
      conclude(opened);
    }
    return report.end(outcome, false);
  }

  private List<Check> wanted() {
    for (String id : checks) {
      if (Arrays.stream(Check.values()).noneMatch(check -> check.id().equals(id))) {
        throw new InputException(
            "--check: there is no '%s'; known: twice threads phases tiers widths".formatted(id));
      }
    }
    return Arrays.stream(Check.values())
        .filter(check -> checks.isEmpty() || checks.contains(check.id()))
        .toList();
  }

  /** The most threads first: what others are compared with. */
  private List<Integer> threads() {
    int most = Math.max(LEAST_THREADS, variants.mostThreads());
    int first = variants.mostThreads();
    return IntStream.concat(
            IntStream.of(first),
            IntStream.of(1, 2, 3, most / 2, most).filter(count -> count >= 1 && count != first))
        .distinct()
        .boxed()
        .toList();
  }

  private int[] tokens(ModelSource source) {
    if (positions < 1 || positions > source.config().context()) {
      throw new InputException(
          "-p must be from 1 to %d, the model's context, but is %d"
              .formatted(source.config().context(), positions));
    }
    return ModelTask.randomTokens(source.config(), positions, output.seed());
  }

  /** By how much two float computations of the same may differ. */
  private static double allowed(Variant variant) {
    Arithmetic arithmetic = variant.arithmetic();
    return Gate.againstReference(arithmetic, DType.F32).nmse();
  }

  /** The variants that could be opened: the others need not be tried again. */
  private List<Variant> inThisJvm(
      KernelRegistry registry,
      ModelSource source,
      int[] tokens,
      List<Check> wanted,
      List<Integer> threads,
      List<Variant> selected,
      Progress progress,
      Consumer<RepeatFinding> add) {
    List<Variant> opened = new ArrayList<>();
    for (Variant variant : selected) {
      progress.show(variant.title() + " · in this JVM");
      List<Integer> counts = wanted.contains(Check.THREADS) ? threads : List.of(threads.getFirst());
      try {
        new SameJvm(registry, source, ModelTask.of(tokens), allowed(variant))
            .check(variant, counts).stream()
                .filter(
                    f ->
                        wanted.contains(f.check())
                            || f.verdict() instanceof Verdict.Fail && !f.ran())
                .forEach(add);
        opened.add(variant);
      } catch (LlamarkException e) {
        Verdict verdict = new Verdict.Skipped(e.getMessage());
        add.accept(RepeatFinding.without(Check.TWICE, variant, "the same model", verdict));
        outcome.atFault(e);
      }
    }
    return opened;
  }

  private void inFreshJvms(
      KernelRegistry registry,
      ModelSource source,
      int[] tokens,
      List<Check> wanted,
      int threads,
      List<Variant> selected,
      Progress progress,
      Consumer<RepeatFinding> add) {
    ModelTask task =
        ModelTask.of(Arrays.copyOf(tokens, Math.min(POSITIONS_OF_FRESH_JVMS, tokens.length)));
    FreshJvm jvm = new FreshJvm(registry, source, model, task, threads, variants.jars());
    List<FreshJvm.Kind> kinds = new ArrayList<>(FreshJvm.Kind.tiers());
    kinds.addAll(FreshJvm.Kind.widths(emulate));
    for (FreshJvm.Kind kind : kinds) {
      List<Variant> concerned = selected.stream().filter(kind::concerns).toList();
      if (wanted.contains(kind.check()) && !concerned.isEmpty()) {
        progress.show(kind.how() + " · in a JVM of its own");
        jvm.check(kind, concerned, VerifyRepeatCommand::allowed).forEach(add);
      }
    }
  }

  private TextTable table() {
    TextTable table =
        new TextTable("  variant", "check", "how", "verdict", "bits", "NMSE").alignRight(5);
    for (RepeatFinding finding : findings) {
      table.row(
          "  " + finding.variant().title(),
          finding.check().id(),
          finding.how(),
          ModelReport.word(finding.verdict()),
          !finding.ran() ? "" : finding.difference().isEmpty() ? "same" : "other",
          finding.ran() ? ModelReport.figure(finding.nmse()) : "");
      if (!(finding.verdict() instanceof Verdict.Pass)) {
        table.note(
            "    %s · %s%s"
                .formatted(
                    finding.variant().title(),
                    finding.verdict().reason(),
                    finding.gates() || finding.verdict() instanceof Verdict.Skipped
                        ? ""
                        : "; a peer never gates"));
      }
    }
    return table;
  }

  private void conclude(List<Variant> opened) {
    for (Variant variant : opened) {
      List<RepeatFinding> own =
          findings.stream().filter(f -> f.variant().id().equals(variant.id())).toList();
      List<String> failed =
          own.stream()
              .filter(f -> f.verdict() instanceof Verdict.Fail)
              .map(f -> "%s (%s)".formatted(f.check().id(), f.how()))
              .toList();
      List<String> skipped =
          own.stream()
              .filter(f -> f.verdict() instanceof Verdict.Skipped)
              .map(RepeatFinding::how)
              .toList();
      if (!skipped.isEmpty()) {
        outcome.skipped("not run: %s in %s".formatted(variant.title(), String.join(", ", skipped)));
      }
      if (!failed.isEmpty() && own.getFirst().gates()) {
        outcome.wrong(variant.title() + " does not repeat itself: " + String.join(", ", failed));
      } else if (!failed.isEmpty()) {
        outcome.remark(
            "%s does not repeat itself in %s, which never gates"
                .formatted(variant.title(), String.join(", ", failed)));
      } else if (own.stream().anyMatch(f -> f.verdict() instanceof Verdict.Pass)) {
        outcome.right(variant.title());
      }
    }
  }
}
