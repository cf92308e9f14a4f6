package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.Environment;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ExitCode;
import dev.llamark.verify.OutputOptions.Sink;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.GoldenFile;
import dev.llamark.verify.model.MemoryNeed;
import dev.llamark.verify.model.ModelTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One call of {@code llamark verify}: its stages, and the verdict over all of them. */
final class VerifyRun {

  private final VariantOptions options;
  private final OutputOptions output;
  private final Environment environment;
  private final KernelRegistry registry;
  private final List<Variant> variants;
  private final int threads;
  private final ShardOptions shard;
  private final Outcome outcome = new Outcome();
  private final CommandReport report;

  VerifyRun(VariantOptions options, ShardOptions shard, OutputOptions output) {
    this.options = options;
    this.shard = shard;
    report = new CommandReport(output, "llamark verify");
    this.output = output;
    environment = shard.mark(Environment.collect(output.seed()));
    registry = options.registry();
    variants = options.selected(registry, outcome::leftOut);
    threads = options.mostThreads();
  }

  /** Operations, then the model. */
  int all(ModelOptions model) {
    try (ModelSource source = model.open();
        Sink sink = output.open()) {
      ModelTask task = model.task(source, output.seed());
      report.print(Headline.text(environment, threads) + "\n");
      opsStage(new CaseOptions(), sink);
      modelStage(model, source, task, sink);
      sink.end(environment);
    }
    return report.end(outcome, model.strict());
  }

  /** Operations alone. */
  int ops(CaseOptions cases) {
    List<CaseId> ids = cases(cases);
    try (Sink sink = output.open()) {
      report.print(Headline.text(environment, threads) + "\n");
      opsStage(ids, sink);
      sink.end(environment);
    }
    return report.end(outcome, false);
  }

  /**
   * The model alone.
   *
   * @param golden where to write what the variants that pass compute
   */
  int model(ModelOptions model, Optional<Path> golden) {
    try (ModelSource source = model.open();
        Sink sink = output.open()) {
      ModelTask task = model.task(source, output.seed());
      report.print(Headline.text(environment, threads) + "\n");
      Optional<ModelReport> compared = modelStage(model, source, task, sink);
      if (golden.isPresent() && compared.isPresent()) {
        report.note(goldenStage().save(source, task, compared.get(), golden.get(), outcome));
      }
      sink.end(environment);
    }
    return report.end(outcome, model.strict());
  }

  /** The model against a golden file. */
  int golden(ModelOptions model, Path file) {
    Golden golden = GoldenFile.read(file);
    try (ModelSource source = model.open(golden);
        Sink sink = output.open()) {
      report.print(Headline.text(environment, threads) + "\n");
      UnaryOperator<String> replay =
          id ->
              "llamark verify model %s --golden %s%s"
                  .formatted(options.replay(id), file, model.replayModel());
      GoldenReport compared = goldenStage().run(golden, file, source, replay, sink);
      report.table(compared.headline(), compared.table(), "");
      if (model.layers()) {
        report.print(compared.layers());
      }
      compared.addTo(outcome);
      sink.end(environment);
    }
    return report.end(outcome, model.strict());
  }

  private GoldenStage goldenStage() {
    return new GoldenStage(registry, shard.of(variants), threads, environment);
  }

  /** The ids of the cases, one a line. */
  int list(CaseOptions cases) {
    cases(cases).forEach(System.out::println);
    return ExitCode.OK.code();
  }

  /** This shard's part of the cases. */
  private List<CaseId> cases(CaseOptions cases) {
    return shard.of(cases.cases(opsStage().lanes(), output.seed()));
  }

  private OpsStage opsStage() {
    return new OpsStage(registry, variants, threads, environment, options::replay);
  }

  private void opsStage(CaseOptions cases, Sink sink) {
    opsStage(cases(cases), sink);
  }

  private void opsStage(List<CaseId> cases, Sink sink) {
    OpsReport ops = opsStage().run(cases, sink);
    report.table("", ops.table(), String.join("\n", ops.inherited()));
    ops.addTo(outcome);
  }

  /** Empty where the machine lacks what it takes. */
  private Optional<ModelReport> modelStage(
      ModelOptions options, ModelSource source, ModelTask task, Sink sink) {
    UnaryOperator<String> replay =
        id ->
            "llamark verify model %s %s"
                .formatted(this.options.replay(id), options.replay(task, output.seed()));
    String again = "llamark verify model " + options.replay(task, output.seed());
    List<Variant> own = shard.of(variants);
    if (own.isEmpty()) {
      outcome.skipped("no variant falls into this shard of the model's comparison");
      return Optional.empty();
    }
    ModelRecords records = new ModelRecords(threads, environment);
    try {
      MemoryNeed.of(source, task).shortage().ifPresent(report::warn);
      ModelReport compared =
          new ModelStage(registry, own, threads)
              .run(
                  source,
                  task,
                  options.onnx(),
                  options.substitute(),
                  (reference, result) ->
                      records
                          .of(reference, result, replay.apply(result.variant().id()))
                          .forEach(sink));
      compared.graph().ifPresent(g -> records.of(compared.reference(), g, again).forEach(sink));
      report.table(compared.headline(), compared.table(replay), "");
      if (options.layers()) {
        report.print(compared.layers());
      }
      compared.addTo(outcome);
      return Optional.of(compared);
    } catch (EnvironmentException e) {
      outcome.missing("the model was not compared: " + e.getMessage());
      return Optional.empty();
    }
  }
}
