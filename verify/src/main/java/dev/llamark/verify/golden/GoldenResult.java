package dev.llamark.verify.golden;

import dev.llamark.oracle.Verdict;
import dev.llamark.verify.model.GreedyText.FirstDivergence;
import dev.llamark.verify.model.VariantResult.Kind;
import dev.llamark.verify.onnx.TapPoint;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What a comparison with a golden file found for one variant.
 *
 * @param golden what it was held against, such as {@code vector@256}; empty if it did not run
 * @param phases prefill, then decode; empty if it did not run
 * @param firstDivergence of greedy decoding; empty if that agreed or was not recorded
 * @param verdict over all
 */
public record GoldenResult(
    String golden, List<Phase> phases, Optional<FirstDivergence> firstDivergence, Verdict verdict) {

  /**
   * One way through the model.
   *
   * @param positions number of positions
   * @param bits whether all bits are the golden's
   * @param maxAbs largest difference of a logit that the golden holds
   * @param nmse of the logits, estimated from sketches
   * @param allowed how large it may be
   * @param top1 fraction of positions with the same most likely token
   * @param top10 mean overlap of the ten most likely tokens, as a fraction
   * @param steps NMSE of every step, estimated from sketches
   * @param departs the first step that is further from the golden's than noise; empty if none is
   * @param verdict of this phase
   */
  public record Phase(
      Kind kind,
      int positions,
      boolean bits,
      double maxAbs,
      double nmse,
      double allowed,
      double top1,
      double top10,
      SequencedMap<TapPoint, Double> steps,
      Optional<TapPoint> departs,
      Verdict verdict) {}

  public static GoldenResult without(Verdict verdict) {
    return new GoldenResult("", List.of(), Optional.empty(), verdict);
  }

  /** The first step that departs, in the order of the phases. */
  public Optional<TapPoint> departs() {
    return phases.stream().flatMap(phase -> phase.departs().stream()).findFirst();
  }
}
