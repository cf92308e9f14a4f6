package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Role;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ModelId;
import dev.llamark.run.Progress;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.ThreadTeam;
import dev.llamark.run.VerifyModelRecord;
import dev.llamark.verify.ModelStage.ModelResult;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.Golden.Run;
import dev.llamark.verify.golden.GoldenComparison;
import dev.llamark.verify.golden.GoldenFile;
import dev.llamark.verify.golden.GoldenRecorder;
import dev.llamark.verify.golden.GoldenResult;
import dev.llamark.verify.golden.GoldenResult.Phase;
import dev.llamark.verify.golden.ModelFingerprint;
import dev.llamark.verify.model.ModelTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The part of {@code verify} that makes golden files and compares with them. */
final class GoldenStage {

  private final KernelRegistry registry;
  private final List<Variant> variants;
  private final int threads;
  private final Environment environment;

  GoldenStage(
      KernelRegistry registry, List<Variant> variants, int threads, Environment environment) {
    this.registry = registry;
    this.variants = variants;
    this.threads = threads;
    this.environment = environment;
  }

  /**
   * Writes what the variants that passed computed.
   *
   * @param report of the comparison of the same model and task
   * @param outcome told of a variant that computes other logits when it runs again
   * @return a sentence on what was written, or why nothing was
   */
  String save(ModelSource source, ModelTask task, ModelReport report, Path file, Outcome outcome) {
    List<ModelResult> passed = report.results().stream().filter(GoldenStage::vouchedFor).toList();
    if (passed.isEmpty()) {
      return "no golden file was written, for no variant passed";
    }
    List<Run> runs = new ArrayList<>();
    try (Progress progress = Progress.onTerminal();
        ThreadTeam team = new ThreadTeam(threads)) {
      GoldenRecorder recorder = new GoldenRecorder(source, task, environment);
      for (ModelResult result : passed) {
        progress.show(result.variant().title() + " · golden");
        recorder
            .record(registry, result.variant(), result.result(), report.reference(), team)
            .ifPresentOrElse(
                runs::add,
                () ->
                    outcome.wrong(
                        result.variant().title() + " computes other logits when it runs again"));
      }
    }
    if (runs.size() < passed.size()) {
      return "no golden file was written, for a variant does not repeat itself";
    }
    Golden.Prompt prompt =
        new Golden.Prompt(task.tokens(), task.generate(), task.kv(), task.firstPosition());
    GoldenFile.write(new Golden(ModelFingerprint.of(source), prompt, runs), file);
    return "golden file %s: %d positions, %d decoded tokens, of %s"
        .formatted(
            file,
            task.tokens().length,
            task.generate(),
            String.join(", ", runs.stream().map(run -> run.maker().title()).toList()));
  }

  /**
   * A peer's figures are nobody's standard, nor are those of a variant that has to be opened again
   * and could not be closed; what is ambiguous is right.
   */
  private static boolean vouchedFor(ModelResult result) {
    return result.gates()
        && result.fault().isEmpty()
        && (result.result().verdict() instanceof Verdict.Pass
            || result.result().verdict() instanceof Verdict.Ambiguous);
  }

  /**
   * Compares every variant with a golden file, of which the model must be.
   *
   * @param replay the command that repeats the comparison for a variant
   * @param sink takes the records as they come
   */
  GoldenReport run(
      Golden golden,
      Path file,
      ModelSource source,
      UnaryOperator<String> replay,
      Consumer<ResultRecord> sink) {
    golden.model().require(ModelFingerprint.of(source), file);
    GoldenReport report = new GoldenReport(source, golden, file, replay);
    GoldenComparison comparison = new GoldenComparison(golden, source, environment);
    try (Progress progress = Progress.onTerminal();
        ThreadTeam team = new ThreadTeam(threads)) {
      for (Variant variant : variants) {
        progress.show(variant.title() + " · golden");
        WithKernels<GoldenResult> checked =
            WithKernels.of(registry, variant, team, kernels -> comparison.check(kernels, variant));
        GoldenResult result =
            checked.found().orElseGet(() -> skipped(checked.fault().orElseThrow()));
        report.add(variant, result, checked.fault());
        records(source, golden, file, variant, result, replay.apply(variant.id())).forEach(sink);
      }
    }
    return report;
  }

  private static GoldenResult skipped(LlamarkException why) {
    return GoldenResult.without(new Verdict.Skipped(why.getMessage()));
  }

  private List<VerifyModelRecord> records(
      ModelSource source,
      Golden golden,
      Path file,
      Variant variant,
      GoldenResult result,
      String replay) {
    if (result.phases().isEmpty()) {
      return List.of(toRecord(source, golden, file, variant, result, null, replay));
    }
    return result.phases().stream()
        .map(phase -> toRecord(source, golden, file, variant, result, phase, replay))
        .toList();
  }

  private VerifyModelRecord toRecord(
      ModelSource source,
      Golden golden,
      Path file,
      Variant variant,
      GoldenResult result,
      Phase phase,
      String replay) {
    Verdict verdict = phase == null ? result.verdict() : phase.verdict();
    return new VerifyModelRecord(
        ModelId.of(source),
        variant.id(),
        variant.vectorBits(),
        threads,
        variant.role().name().toLowerCase(Locale.ROOT),
        phase == null ? "prefill" : phase.kind().name().toLowerCase(Locale.ROOT),
        golden.prompt().kv().id(),
        golden.prompt().tokens().length,
        "golden %s %s".formatted(file.getFileName(), result.golden()).strip(),
        phase == null ? null : metrics(result, phase),
        null,
        phase == null ? List.of() : layers(phase),
        phase == null ? null : phase.departs().map(point -> point.title()).orElse(null),
        null,
        result.firstDivergence().map(ModelRecords::greedy).orElse(null),
        verdict.name(),
        verdict.reason().isEmpty() ? null : verdict.reason(),
        replay,
        environment);
  }

  private static VerifyModelRecord.Metrics metrics(GoldenResult result, Phase phase) {
    return new VerifyModelRecord.Metrics(
        phase.maxAbs(),
        phase.nmse(),
        null,
        null,
        phase.top1(),
        phase.top10(),
        result.firstDivergence().map(d -> d.position()).orElse(null));
  }

  private static List<VerifyModelRecord.Layer> layers(Phase phase) {
    return phase.steps().entrySet().stream()
        .map(
            step ->
                new VerifyModelRecord.Layer(
                    step.getKey().layer() < 0 ? null : step.getKey().layer(),
                    step.getKey().tap().title(),
                    step.getValue(),
                    null,
                    null,
                    null))
        .toList();
  }

  /** Whether a variant's errors fail the run. */
  static boolean gates(Variant variant) {
    return variant.role() != Role.PEER;
  }
}
