package dev.llamark.run;

import java.util.List;

/**
 * Whether a variant computes a whole model rightly.
 *
 * @param phase {@code prefill}: all positions in one call; {@code decode}: token by token
 * @param kv type of the KV cache
 * @param positions number of positions compared
 * @param reference what it was compared with: {@code onnxruntime 1.29.0}, {@code oracle}
 * @param metrics over all positions
 * @param oracle the same against the whole model in double; null where that cannot run
 * @param layers where the error enters; empty if it was not looked for
 * @param worstStep the step with the largest added error against the reference: {@code layer 5
 *     down}
 * @param oracleWorstStep the same against the whole model in double; null where that cannot run
 * @param greedy where greedy decoding parts from the reference's; null if it does not
 * @param verdict as in {@link VerifyOpRecord}
 */
public record VerifyModelRecord(
    ModelId model,
    String variant,
    int vectorBits,
    int threads,
    String role,
    String phase,
    String kv,
    int positions,
    String reference,
    Metrics metrics,
    Metrics oracle,
    List<Layer> layers,
    String worstStep,
    String oracleWorstStep,
    Greedy greedy,
    String verdict,
    String reason,
    String replay,
    Environment env)
    implements ResultRecord {

  /**
   * Distance of logits.
   *
   * @param kldMean mean over the positions of the KL divergence of the softmaxes, in nats
   * @param top1 fraction of positions with the same most likely token
   * @param top10 mean overlap of the ten most likely tokens, as a fraction
   * @param firstDivergence first position of greedy decoding with another token; null if none
   */
  public record Metrics(
      Double maxAbs,
      Double nmse,
      Double kldMean,
      Double kldMax,
      Double top1,
      Double top10,
      Integer firstDivergence) {}

  /**
   * The error after one step.
   *
   * @param layer the block's number; null for steps outside the blocks
   * @param step the tap's title: {@code ffn norm}
   * @param inherited NMSE of the step's output as the variant computed it, with its own input
   * @param added NMSE of the step alone, fed with the reference's input; null if not measured
   * @param oracleInherited as {@code inherited}, against the whole model in double; null where that
   *     cannot run
   * @param oracleAdded as {@code added}, fed with that model's input
   */
  public record Layer(
      Integer layer,
      String step,
      Double inherited,
      Double added,
      Double oracleInherited,
      Double oracleAdded) {}

  /**
   * The first token that greedy decoding has and the reference has not.
   *
   * @param position in the whole sequence
   * @param expected the reference's token
   * @param got the variant's token; −1 where a logit is NaN
   * @param expectedMargin by how much the reference's token exceeds its next
   * @param gotMargin the same of the variant's
   * @param noise the reference's own; it explains a margin below twice itself
   */
  public record Greedy(
      int position, int expected, int got, double expectedMargin, double gotMargin, double noise) {}

  @Override
  public String kind() {
    return "verify-model";
  }
}
