package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.CaseId;
import dev.llamark.oracle.CaseResult;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.OpError;
import dev.llamark.run.Progress;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.VerifyOpRecord;
import dev.llamark.verify.OpsVerification.VariantResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;

/** The part of {@code verify} that looks at operations, each by itself. */
final class OpsStage {

  private static final int DEFAULT_LANES = 8;

  private final KernelRegistry registry;
  private final List<Variant> variants;
  private final int threads;
  private final Environment environment;
  private final Function<String, String> replayOptions;

  OpsStage(
      KernelRegistry registry,
      List<Variant> variants,
      int threads,
      Environment environment,
      Function<String, String> replayOptions) {
    this.registry = registry;
    this.variants = variants;
    this.threads = threads;
    this.environment = environment;
    this.replayOptions = replayOptions;
  }

  /** Floats of the widest vector among the variants: all get the same cases. */
  int lanes() {
    return variants.stream()
        .mapToInt(Variant::vectorBits)
        .filter(bits -> bits > 0)
        .map(bits -> bits / Float.SIZE)
        .max()
        .orElse(DEFAULT_LANES);
  }

  /** Runs the cases on all variants; every result goes to {@code sink} as it comes. */
  OpsReport run(List<CaseId> cases, Consumer<ResultRecord> sink) {
    List<VariantResults> all = new ArrayList<>();
    try (Progress progress = Progress.onTerminal()) {
      OpsVerification verification = new OpsVerification(registry, threads, progress);
      OpsReport replayer = new OpsReport(List.of(), replayOptions);
      for (Variant variant : variants) {
        all.add(
            verification.run(
                variant, cases, (v, result) -> sink.accept(toRecord(v, result, replayer))));
      }
    }
    return new OpsReport(all, replayOptions);
  }

  private VerifyOpRecord toRecord(Variant variant, CaseResult result, OpsReport replayer) {
    Verdict verdict = result.judgement().verdict();
    return new VerifyOpRecord(
        result.id().operation().id(),
        result.id().toString(),
        variant.id(),
        variant.vectorBits(),
        threads,
        variant.role().name().toLowerCase(Locale.ROOT),
        verdict.name(),
        verdict.reason().isEmpty() ? null : verdict.reason(),
        verdict instanceof Verdict.Skipped ? null : error(result.judgement()),
        replayer.replay(variant.id(), result),
        environment);
  }

  private static OpError error(Judgement judgement) {
    return judgement
        .worst()
        .map(
            worst ->
                new OpError(
                    judgement.maxRatioToBound(),
                    judgement.maxAbs(),
                    judgement.nmse(),
                    worst.index().stream().mapToLong(Integer::longValue).toArray(),
                    worst.expected(),
                    worst.got(),
                    worst.allowed()))
        .orElseGet(
            () -> OpError.of(judgement.maxRatioToBound(), judgement.maxAbs(), judgement.nmse()));
  }
}
