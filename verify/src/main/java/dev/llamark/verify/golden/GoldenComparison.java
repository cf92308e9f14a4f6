package dev.llamark.verify.golden;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.model.Llama;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.Environment;
import dev.llamark.run.LlamarkException;
import dev.llamark.tensor.DType;
import dev.llamark.verify.golden.Golden.Run;
import dev.llamark.verify.model.GreedyText.FirstDivergence;
import dev.llamark.verify.model.ModelComparison;
import dev.llamark.verify.model.VariantResult.Kind;
import dev.llamark.verify.model.Verdicts;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.trace.Sketch;
import dev.llamark.verify.trace.Trace;
import dev.llamark.verify.trace.TracedRun;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Holds variants against a golden file. The same variant, width, JDK and CPU must give the same
 * bits; anything else may be as far off as the gates of the comparison that made the golden allow.
 */
public final class GoldenComparison {

  /** A step of the forward pass is never nearer to another's than this, as an NMSE. */
  private static final double STEP_NOISE = 1e-10;

  private final Golden golden;
  private final ModelSource source;
  private final Environment environment;

  /**
   * @param source the golden's model, which must stay open
   */
  public GoldenComparison(Golden golden, ModelSource source, Environment environment) {
    this.golden = golden;
    this.source = source;
    this.environment = environment;
  }

  /**
   * Compares one variant. What its kernels throw is a failure, not an error of the comparison.
   *
   * @param kernels those of {@code variant}
   */
  public GoldenResult check(Kernels kernels, Variant variant) {
    Maker now = Maker.of(variant, environment);
    Optional<Run> run = golden.runFor(variant, now);
    if (run.isEmpty()) {
      return GoldenResult.without(
          new Verdict.Skipped(
              "the golden file has no run in the arithmetic %s, only in %s"
                  .formatted(now.arithmetic().id(), golden.arithmetics())));
    }
    Optional<DType> refused = ModelComparison.unsupported(source.weights(), kernels);
    if (refused.isPresent()) {
      return GoldenResult.without(
          new Verdict.Skipped(
              "%s has no MatMul for %s".formatted(variant.id(), refused.get().id())));
    }
    return check(kernels, run.get(), now.equals(run.get().maker()));
  }

  private GoldenResult check(Kernels kernels, Run run, boolean sameBits) {
    try (Llama llama = Llama.of(source.config(), source.weights(), kernels)) {
      TracedRun traced = new TracedRun(llama, golden.prompt().task());
      GoldenResult.Phase prefill = phase(Kind.PREFILL, traced.prefill(), run.prefill(), sameBits);
      GoldenResult.Phase decode = phase(Kind.DECODE, traced.decode(), run.decode(), sameBits);
      Optional<FirstDivergence> greedy = traced.compare(run.greedy());
      Verdict verdict =
          Verdicts.worst(
              Stream.concat(
                  Stream.of(prefill.verdict(), decode.verdict()),
                  greedy.stream().map(FirstDivergence::verdict)));
      return new GoldenResult(run.maker().title(), List.of(prefill, decode), greedy, verdict);
    } catch (LlamarkException | OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return GoldenResult.without(new Verdict.Fail("threw " + e));
    }
  }

  private GoldenResult.Phase phase(
      Kind kind, TracedRun.Result got, Golden.Phase expected, boolean sameBits) {
    Trace right = expected.trace();
    TopLogits top = TopLogits.of(got, right, source.config().vocab());
    double nmse = Math.max(got.trace().nmse(right), top.nmse());
    SequencedMap<TapPoint, Double> steps = new LinkedHashMap<>();
    got.trace().steps().forEach((point, s) -> steps.put(point, s.nmse(right.steps().get(point))));
    Optional<String> otherBits = got.trace().firstDifference(right);
    Optional<TapPoint> departs =
        got.trace().firstBeyond(right, Math.max(STEP_NOISE, expected.allowed()));
    Verdict verdict =
        beyond(nmse, expected.allowed(), departs)
            .or(() -> otherToken(got.trace(), expected))
            .or(() -> otherBits.filter(_ -> sameBits).map(GoldenComparison::otherBits))
            .orElseGet(Verdict.Pass::new);
    return new GoldenResult.Phase(
        kind,
        right.positions().size(),
        otherBits.isEmpty(),
        top.maxAbs(),
        nmse,
        expected.allowed(),
        top.top1(),
        top.top10(),
        steps,
        departs,
        verdict);
  }

  private static Optional<Verdict> beyond(double nmse, double allowed, Optional<TapPoint> departs) {
    if (nmse <= allowed) {
      return Optional.empty();
    }
    String from = departs.map(point -> ", from %s on".formatted(point.title())).orElse("");
    return Optional.of(
        new Verdict.Fail(
            Double.isNaN(nmse)
                ? "the logits are not finite" + from
                : "NMSE %.2g to the golden, allowed %.2g%s".formatted(nmse, allowed, from)));
  }

  /** The worst of the positions where another token is the likeliest. */
  private static Optional<Verdict> otherToken(Trace got, Golden.Phase expected) {
    List<Trace.Position> positions = expected.trace().positions();
    Optional<Verdict> worst = Optional.empty();
    for (int p = 0; p < positions.size(); p++) {
      int token = positions.get(p).tokens()[0];
      int other = got.positions().get(p).tokens()[0];
      double noise = expected.noises()[p];
      double margin = positions.get(p).margin();
      boolean explained = margin < 2 * noise;
      if (token == other || explained && worst.isPresent()) {
        continue;
      }
      String reason =
          "position %d: token %d instead of %d, whose margin %.2g %s twice the golden's noise %.2g"
              .formatted(p, other, token, margin, explained ? "is within" : "exceeds", noise);
      if (!explained) {
        return Optional.of(new Verdict.Fail(reason));
      }
      worst = Optional.of(new Verdict.Ambiguous(reason));
    }
    return worst;
  }

  private static Verdict otherBits(String step) {
    return new Verdict.Ambiguous(
        "other bits than the golden from %s on, though variant, width, JDK and CPU are the same;"
                .formatted(step)
            + " within float noise: if the kernels were changed on purpose, save a new golden");
  }

  /** How far the logits are that a golden holds. */
  private record TopLogits(double maxAbs, double nmse, double top1, double top10) {

    static TopLogits of(TracedRun.Result got, Trace expected, int vocab) {
      double maxAbs = 0;
      double error = 0;
      double square = 0;
      double same = 0;
      double overlap = 0;
      int positions = expected.positions().size();
      for (int p = 0; p < positions; p++) {
        Trace.Position right = expected.positions().get(p);
        int[] tokens = got.trace().positions().get(p).tokens();
        for (int i = 0; i < right.tokens().length; i++) {
          double d = (double) got.logits()[p * vocab + right.tokens()[i]] - right.logits()[i];
          maxAbs = Math.max(maxAbs, Math.abs(d));
          error += d * d;
        }
        Sketch all = right.all();
        square += all.norm() * all.norm();
        same += tokens[0] == right.tokens()[0] ? 1 : 0;
        overlap += common(tokens, right.tokens()) / (double) right.tokens().length;
      }
      double nmse = error == 0 ? 0 : error / square;
      return new TopLogits(maxAbs, nmse, same / positions, overlap / positions);
    }

    private static long common(int[] a, int[] b) {
      return Arrays.stream(a).filter(x -> Arrays.stream(b).anyMatch(y -> x == y)).count();
    }
  }
}
