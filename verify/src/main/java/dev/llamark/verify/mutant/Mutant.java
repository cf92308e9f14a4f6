package dev.llamark.verify.mutant;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Operation;
import dev.llamark.model.LlamaConfig;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A known fault.
 *
 * @param id its name in records; {@code none} is the control, which has no fault
 * @param operation the operation that has it; empty for the control
 * @param description what is wrong, as a phrase
 * @param provider the variant that has the fault; all its other operations are the base's
 * @param config where present, in a whole model the fault lies in its configuration instead
 */
public record Mutant(
    String id,
    Optional<Operation> operation,
    String description,
    KernelProvider provider,
    Optional<UnaryOperator<LlamaConfig>> config) {

  /** Name of the control. */
  public static final String CONTROL = "none";

  /** Whether this is the control, which must pass. */
  public boolean control() {
    return operation.isEmpty();
  }
}
