package dev.llamark.verify.mutant;

import dev.llamark.kernel.Operation;
import dev.llamark.run.Environment;
import dev.llamark.run.MutantRecord;
import java.util.Optional;
import java.util.Set;

/**
 * What one stage of verification found in one mutant.
 *
 * @param wrong operations in which the stage found an error
 * @param by the first check that failed; empty if none did
 * @param margin largest finite error ÷ allowed error of the checks that failed, or of all if none
 *     did; NaN where nothing finite was measured
 */
public record MutantFinding(
    Mutant mutant, Stage stage, Set<Operation> wrong, Optional<String> by, double margin) {

  /** A stage of verification. */
  public enum Stage {
    OPS,
    MODEL;

    /** As written in records. */
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public MutantFinding {
    wrong = Set.copyOf(wrong);
  }

  /** Whether an error was found in the operation that has the fault, and in no other. */
  public boolean caught() {
    return mutant.operation().isPresent() && wrong.equals(Set.of(mutant.operation().get()));
  }

  /** Whether the stage found what it should: the fault, or nothing in the control. */
  public boolean asItShould() {
    return mutant.control() ? by.isEmpty() : caught();
  }

  /** One sentence: what was found, and where. */
  @Override
  public String toString() {
    if (mutant.control()) {
      return by.map(check -> "the control fails in " + check)
          .orElse("the control passes, at %.3g of what is allowed".formatted(margin));
    }
    if (caught()) {
      return "%s is caught by %s and more, up to %.3g times what is allowed"
          .formatted(mutant.id(), by.orElseThrow(), margin);
    }
    return by.map(check -> "%s is caught by %s, but in %s".formatted(mutant.id(), check, wrong))
        .orElse("%s is not caught".formatted(mutant.id()));
  }

  /** The record of this finding. */
  public MutantRecord toRecord(Environment environment) {
    return new MutantRecord(
        mutant.id(),
        mutant.operation().map(Operation::id).orElse(null),
        stage.id(),
        by.isPresent() && (mutant.control() || caught()),
        by.orElse(null),
        Double.isFinite(margin) ? margin : null,
        environment);
  }
}
