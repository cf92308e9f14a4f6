package dev.llamark.run;

import java.util.Map;

/**
 * What is said about a part of Llama, and what was found.
 *
 * @param claim the claim's name, for {@code --case}
 * @param statement what is said
 * @param basis {@code measured}, {@code derived} or {@code not-testable}
 * @param verdict {@code holds}, {@code fails}, {@code undecided} or {@code not-testable}
 * @param reason why, in a sentence
 * @param figures what was measured or derived, by name
 */
public record ClaimRecord(
    String claim,
    String statement,
    String basis,
    String verdict,
    String reason,
    Map<String, Object> figures,
    Environment env)
    implements ResultRecord {

  @Override
  public String kind() {
    return "claim";
  }
}
