package dev.llamark.kernel;

/**
 * Why a variant cannot run on this machine.
 *
 * @param reason what is missing
 * @param remedy what would help
 */
public record Unusable(String reason, String remedy) {

  @Override
  public String toString() {
    return reason + "; " + remedy;
  }
}
