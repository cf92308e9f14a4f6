package dev.llamark.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Whether a variant is right in one case.
 *
 * @param op the operation's id
 * @param caseId what {@code --case} takes
 * @param role {@code variant} or {@code peer}: a peer's errors never gate
 * @param verdict {@code PASS}, {@code FAIL}, {@code AMBIGUOUS}, {@code MISTRUSTED} or {@code
 *     SKIPPED}
 * @param reason of every verdict but PASS; null for that
 * @param error distance to the oracle; null if nothing was computed
 * @param replay the command that repeats exactly this case
 */
public record VerifyOpRecord(
    String op,
    @JsonProperty("case") String caseId,
    String variant,
    int vectorBits,
    int threads,
    String role,
    String verdict,
    String reason,
    OpError error,
    String replay,
    Environment env)
    implements ResultRecord {

  @Override
  public String kind() {
    return "verify-op";
  }
}
