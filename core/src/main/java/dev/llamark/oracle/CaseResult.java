package dev.llamark.oracle;

/**
 * What one case found in one variant.
 *
 * @param id the case
 * @param judgement right or wrong, and by how much
 * @param nanos how long it took, the oracle included
 */
public record CaseResult(CaseId id, Judgement judgement, long nanos) {

  public boolean passed() {
    return judgement.passed();
  }

  /** One line: the case, and what is wrong. */
  @Override
  public String toString() {
    String reason = judgement.verdict().reason();
    return reason.isEmpty() ? id + " · " + judgement.verdict().name() : id + " · " + reason;
  }
}
