package dev.llamark.verify;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.ModelId;
import dev.llamark.run.VerifyModelRecord;
import dev.llamark.run.VerifyModelRecord.Layer;
import dev.llamark.run.VerifyModelRecord.Metrics;
import dev.llamark.verify.ModelStage.ModelResult;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.Steps;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.model.VariantResult.Phase;
import java.util.List;
import java.util.Locale;

/** Turns what the model comparison found into result records, one for each phase. */
final class ModelRecords {

  private final int threads;
  private final Environment environment;

  ModelRecords(int threads, Environment environment) {
    this.threads = threads;
    this.environment = environment;
  }

  /** The records of one variant; a variant that did not run has one without figures. */
  List<VerifyModelRecord> of(ModelReference reference, ModelResult result, String replay) {
    VariantResult r = result.result();
    if (r.phases().isEmpty()) {
      return List.of(toRecord(reference, result, null, replay));
    }
    return r.phases().stream().map(phase -> toRecord(reference, result, phase, replay)).toList();
  }

  private VerifyModelRecord toRecord(
      ModelReference reference, ModelResult result, Phase phase, String replay) {
    VariantResult r = result.result();
    Verdict verdict = phase == null ? r.verdict() : phase.verdict();
    Integer divergence = r.firstDivergence().map(d -> d.position()).orElse(null);
    return new VerifyModelRecord(
        ModelId.of(reference.source()),
        result.variant().id(),
        result.variant().provider().map(KernelProvider::vectorBits).orElse(0),
        threads,
        result.variant().role().name().toLowerCase(Locale.ROOT),
        phase == null ? "prefill" : phase.kind().name().toLowerCase(Locale.ROOT),
        reference.task().kv().id(),
        reference.task().tokens().length,
        reference.name(),
        phase == null ? null : metrics(phase.toReference(), divergence),
        phase == null ? null : phase.toOracle().map(o -> metrics(o, null)).orElse(null),
        layers(r.steps()),
        r.decisiveSteps().worst().map(step -> step.point().title()).orElse(null),
        verdict.name(),
        verdict.reason().isEmpty() ? null : verdict.reason(),
        replay,
        environment);
  }

  private static Metrics metrics(Divergence d, Integer firstDivergence) {
    return new Metrics(
        d.maxAbs(), d.nmse(), d.kldMean(), d.kldMax(), d.top1(), d.top10(), firstDivergence);
  }

  private static List<Layer> layers(Steps steps) {
    return steps.steps().stream()
        .map(
            s ->
                new Layer(
                    s.point().layer() < 0 ? null : s.point().layer(),
                    s.point().tap().title(),
                    s.inherited(),
                    s.added()))
        .toList();
  }
}
