package dev.llamark.run;

/**
 * Whether the verifier catches a planted fault.
 *
 * @param mutant the fault's name; {@code none} is the unmutated control
 * @param op the operation that has the fault; null for the control
 * @param stage {@code ops} or {@code model}
 * @param caught whether a check failed; for the control this must be false
 * @param by the check that caught it; null if none did
 * @param margin the error ÷ what is allowed
 */
public record MutantRecord(
    String mutant,
    String op,
    String stage,
    boolean caught,
    String by,
    Double margin,
    Environment env)
    implements ResultRecord {

  @Override
  public String kind() {
    return "mutant";
  }
}
