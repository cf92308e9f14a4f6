package dev.llamark.verify.model;

import dev.llamark.oracle.Verdict;
import dev.llamark.verify.model.GreedyText.FirstDivergence;
import java.util.List;
import java.util.Optional;

/**
 * What a comparison found for one variant.
 *
 * @param variant its id
 * @param phases prefill, then decode; empty if it did not run
 * @param steps where the error enters, against ONNX Runtime; without steps if not asked for
 * @param oracleSteps the same against the model in double, if that was run
 * @param firstDivergence of greedy decoding; empty if that agreed or was not asked for
 * @param verdict over all
 */
public record VariantResult(
    String variant,
    List<Phase> phases,
    Steps steps,
    Optional<Steps> oracleSteps,
    Optional<FirstDivergence> firstDivergence,
    Verdict verdict) {

  /** How the tokens went through the model. */
  public enum Kind {
    /** All tokens in one batch. */
    PREFILL,
    /** A first batch, then token by token through the KV cache. */
    DECODE
  }

  /**
   * One way through the model; all positions are compared.
   *
   * @param toReference distance from ONNX Runtime
   * @param toOracle distance from the model in double, as it is
   * @param judged distance that the gate is for
   * @param gate how large it may be
   * @param noises of the reference at each position, which alone excuse another token there
   * @param verdict of this phase
   */
  public record Phase(
      Kind kind,
      Divergence toReference,
      Optional<Divergence> toOracle,
      Divergence judged,
      Gate gate,
      double[] noises,
      Verdict verdict) {}

  /** A variant that did not run, or broke down. */
  public static VariantResult without(String variant, Verdict verdict) {
    Steps none = new Steps(List.of());
    return new VariantResult(variant, List.of(), none, Optional.empty(), Optional.empty(), verdict);
  }

  /** The steps against the model in double, or where that is not there against ONNX Runtime. */
  public Steps decisiveSteps() {
    return oracleSteps.orElse(steps);
  }
}
