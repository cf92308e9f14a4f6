package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.CaseId;
import dev.llamark.run.Environment;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.ExitCode;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OutputOptions.Format;
import dev.llamark.verify.OutputOptions.Sink;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.GoldenFile;
import dev.llamark.verify.model.ModelTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One call of {@code llamark verify}: its stages, and the verdict over all of them. */
final class VerifyRun {

  private final long start = System.nanoTime();
  private final VariantOptions options;
  private final OutputOptions output;
  private final Environment environment;
  private final KernelRegistry registry;
  private final List<Variant> variants;
  private final int threads;
  private final Outcome outcome = new Outcome();
  private final GitHubActions actions = new GitHubActions(System.getenv());
  private final StringBuilder summary = new StringBuilder();

  VerifyRun(VariantOptions options, OutputOptions output) {
    this.options = options;
    this.output = output;
    environment = Environment.collect(output.seed());
    registry = options.registry();
    variants = options.selected(registry);
    threads = options.mostThreads();
  }

  /** Operations, then the model. */
  int all(ModelOptions model) {
    try (ModelSource source = model.open();
        Sink sink = output.open()) {
      ModelTask task = model.task(source, output.seed());
      print(Headline.text(environment, threads) + "\n");
      opsStage(new CaseOptions(), sink);
      modelStage(model, source, task, sink);
    }
    return end(model.strict());
  }

  /** Operations alone. */
  int ops(CaseOptions cases) {
    List<CaseId> ids = cases.cases(opsStage().lanes(), output.seed());
    try (Sink sink = output.open()) {
      print(Headline.text(environment, threads) + "\n");
      opsStage(ids, sink);
    }
    return end(false);
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
      print(Headline.text(environment, threads) + "\n");
      Optional<ModelReport> report = modelStage(model, source, task, sink);
      if (golden.isPresent() && report.isPresent()) {
        String saved = goldenStage().save(source, task, report.get(), golden.get());
        note(saved);
      }
    }
    return end(model.strict());
  }

  /** The model against a golden file. */
  int golden(ModelOptions model, Path file) {
    Golden golden = GoldenFile.read(file);
    try (ModelSource source = model.open(golden);
        Sink sink = output.open()) {
      print(Headline.text(environment, threads) + "\n");
      UnaryOperator<String> replay =
          id ->
              "llamark verify model %s --golden %s%s"
                  .formatted(options.replay(id), file, model.replayModel());
      GoldenReport report = goldenStage().run(golden, file, source, replay, sink);
      table(report.headline(), report.table(), "");
      if (model.layers()) {
        print(report.layers());
      }
      report.addTo(outcome);
    }
    return end(model.strict());
  }

  private GoldenStage goldenStage() {
    return new GoldenStage(registry, variants, threads, environment);
  }

  /** The ids of the cases, one a line. */
  int list(CaseOptions cases) {
    cases.cases(opsStage().lanes(), output.seed()).forEach(System.out::println);
    return ExitCode.OK.code();
  }

  private OpsStage opsStage() {
    return new OpsStage(registry, variants, threads, environment, options::replay);
  }

  private void opsStage(CaseOptions cases, Sink sink) {
    opsStage(cases.cases(opsStage().lanes(), output.seed()), sink);
  }

  private void opsStage(List<CaseId> cases, Sink sink) {
    OpsReport report = opsStage().run(cases, sink);
    table("", report.table(), String.join("\n", report.inherited()));
    report.addTo(outcome);
  }

  /** Empty where the machine lacks what it takes. */
  private Optional<ModelReport> modelStage(
      ModelOptions options, ModelSource source, ModelTask task, Sink sink) {
    UnaryOperator<String> replay =
        id ->
            "llamark verify model %s %s"
                .formatted(this.options.replay(id), options.replay(task, output.seed()));
    ModelRecords records = new ModelRecords(threads, environment);
    try {
      ModelReport report =
          new ModelStage(registry, variants, threads)
              .run(
                  source,
                  task,
                  options.substitute(),
                  (reference, result) ->
                      records
                          .of(reference, result, replay.apply(result.variant().id()))
                          .forEach(sink));
      table(report.headline(), report.table(replay), "");
      if (options.layers()) {
        print(report.layers());
      }
      report.addTo(outcome);
      return Optional.of(report);
    } catch (EnvironmentException e) {
      outcome.missing("the model was not compared: " + e.getMessage());
      return Optional.empty();
    }
  }

  private int end(boolean strict) {
    String verdict = outcome.text((System.nanoTime() - start) / 1e9);
    print(verdict);
    summary.append('\n').append(verdict).append('\n');
    actions.summarise(summary.toString());
    if (actions.active() && outcome.exitCode(strict) != ExitCode.OK && output.text()) {
      System.out.println(GitHubActions.error("llamark verify", verdict));
    }
    return outcome.exitCode(strict).code();
  }

  private void table(String headline, TextTable table, String notes) {
    print(headline.isEmpty() ? null : headline);
    print(output.format() == Format.MD ? "\n" + table.markdown() : table.text());
    print(notes.isEmpty() ? null : "  " + notes.replace("\n", "\n  ") + "\n");
    summary.append('\n').append(headline).append("\n\n").append(table.markdown()).append(notes);
  }

  private void note(String sentence) {
    print(sentence + "\n");
    summary.append('\n').append(sentence).append('\n');
  }

  private void print(String text) {
    if (text != null && output.format() != Format.JSON) {
      System.out.println(text);
    }
  }
}
