package dev.llamark.bench.claims;

import dev.llamark.run.ClaimRecord;
import dev.llamark.run.Environment;
import java.util.Map;

/**
 * A claim and what was found.
 *
 * @param id short name
 * @param statement what is said
 * @param basis {@code measured}, {@code derived} or {@code not-testable}
 * @param verdict {@code holds}, {@code fails}, {@code undecided} or {@code not-testable}
 * @param reason why, in a sentence
 * @param figures by name
 */
record Claim(
    String id,
    String statement,
    String basis,
    String verdict,
    String reason,
    Map<String, Object> figures) {

  static Claim measured(
      String id, String statement, boolean holds, String reason, Map<String, Object> figures) {
    return new Claim(id, statement, "measured", holds ? "holds" : "fails", reason, figures);
  }

  static Claim derived(
      String id, String statement, boolean holds, String reason, Map<String, Object> figures) {
    return new Claim(id, statement, "derived", holds ? "holds" : "fails", reason, figures);
  }

  static Claim notTestable(String id, String statement, String reason) {
    return new Claim(id, statement, "not-testable", "not-testable", reason, Map.of());
  }

  ClaimRecord record(Environment env) {
    return new ClaimRecord(id, statement, basis, verdict, reason, figures, env);
  }
}
