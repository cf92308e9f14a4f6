package dev.llamark.verify.golden;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.Llama;
import dev.llamark.run.Environment;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.golden.Golden.Phase;
import dev.llamark.verify.golden.Golden.Run;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.model.GreedyText;
import dev.llamark.verify.model.LogitRows;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.ModelTask;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.trace.TracedRun;
import java.util.Arrays;
import java.util.Optional;

/** Makes golden runs of variants that have just been verified. */
public final class GoldenRecorder {

  private final ModelSource source;
  private final ModelTask task;
  private final Environment environment;

  public GoldenRecorder(ModelSource source, ModelTask task, Environment environment) {
    this.source = source;
    this.task = task;
    this.environment = environment;
  }

  /**
   * Runs a variant once more.
   *
   * @param verified what the comparison with the references found; it must have passed
   * @param reference what it was compared with
   * @return empty if the variant computes other logits now than those that were verified
   */
  public Optional<Run> record(
      KernelRegistry registry,
      Variant variant,
      VariantResult verified,
      ModelReference reference,
      ThreadTeam team) {
    try (Kernels kernels = registry.open(variant.id(), team);
        Llama llama = Llama.of(source.config(), source.weights(), kernels)) {
      TracedRun run = new TracedRun(llama, task);
      VariantResult.Phase verifiedPrefill = verified.phases().getFirst();
      VariantResult.Phase verifiedDecode = verified.phases().getLast();
      if (!repeats(run.prefill(), reference.prefill(), verifiedPrefill)
          || !repeats(run.decode(), reference.decode(), verifiedDecode)) {
        return Optional.empty();
      }
      Phase prefill = phase(run.prefill(), verifiedPrefill);
      Phase decode = phase(run.decode(), verifiedDecode);
      TracedRun.Text text = run.greedy();
      double[] noises = new double[text.tokens().length];
      Arrays.fill(noises, Arrays.stream(decode.noises()).max().orElse(0));
      GreedyText greedy =
          new GreedyText(text.tokens(), text.margins(), noises, new double[noises.length]);
      return Optional.of(
          new Run(Maker.of(variant, environment), reference.name(), prefill, decode, greedy));
    }
  }

  /** Whether logits are no farther from the reference than the gate of the verified ones allows. */
  private boolean repeats(
      TracedRun.Result result, LogitRows expected, VariantResult.Phase verified) {
    LogitRows got = LogitRows.of(result.logits(), source.config().vocab());
    double distance = verified.toReference().nmse();
    return Divergence.of(got, expected).nmse() <= allowed(verified.gate().nmse(), distance);
  }

  private Phase phase(TracedRun.Result result, VariantResult.Phase verified) {
    double allowed = allowed(verified.gate().nmse(), verified.judged().nmse());
    return new Phase(result.trace(), verified.noises(), allowed);
  }

  /**
   * Another variant may be as far from what is right as its gate says, and this one is as far as it
   * is: by the triangle inequality the two may be the sum of both apart.
   */
  private static double allowed(double gate, double own) {
    double distance = Math.sqrt(gate) + Math.sqrt(own);
    return distance * distance;
  }
}
