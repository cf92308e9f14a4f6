package dev.llamark.kernel;

import dev.llamark.run.InputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The operations of a Llama model, each with a contract of its own. */
public enum Operation {
  RMSNORM("RmsNorm"),
  ROPE("Rope"),
  MATMUL("MatMul"),
  ATTENTION("Attention"),
  SWIGLU("SwiGlu");

  private final String title;

  Operation(String title) {
    this.title = title;
  }

  /** As written on the command line, in case ids and in records: {@code rmsnorm}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As a person reads it, the name of the contract: {@code RmsNorm}. */
  public String title() {
    return title;
  }

  /** The operation of this id, in any case. */
  public static Operation of(String id) {
    for (Operation operation : values()) {
      if (operation.name().equalsIgnoreCase(id)) {
        return operation;
      }
    }
    throw new InputException(
        "no operation '%s'; known: %s"
            .formatted(
                id, Arrays.stream(values()).map(Operation::id).collect(Collectors.joining(" "))));
  }
}
