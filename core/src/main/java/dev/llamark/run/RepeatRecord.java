package dev.llamark.run;

/**
 * Whether a variant gives the same bits again.
 *
 * @param check what must not matter: {@code twice}, {@code threads}, {@code tiers}, {@code phases}
 *     or {@code widths}
 * @param how what was different the second time
 * @param sameBits whether all steps of the forward pass had the same bits; null if nothing ran
 * @param nmse Σ(second − first)² / Σ first² of the logits; null if nothing ran
 * @param verdict as in {@link VerifyOpRecord}; for phases and widths other bits within the bound
 *     pass
 */
public record RepeatRecord(
    String check,
    ModelId model,
    String variant,
    int vectorBits,
    int threads,
    String role,
    String how,
    Boolean sameBits,
    Double nmse,
    String verdict,
    String reason,
    Environment env)
    implements ResultRecord {

  @Override
  public String kind() {
    return "repeat";
  }
}
