package dev.llamark.format;

import dev.llamark.model.LlamaConfig;
import dev.llamark.run.InputException;
import java.util.function.Supplier;

/** The checks that a model's shape passes when it comes from a file. */
public final class CheckedConfig {

  private CheckedConfig() {}

  /**
   * A shape from a file, whose contradictions are the file's fault.
   *
   * @param file for messages
   * @param config makes the shape
   */
  public static LlamaConfig of(String file, Supplier<LlamaConfig> config) {
    try {
      LlamaConfig checked = config.get();
      requireInt(file, "heads x head dim", (long) checked.heads() * checked.headDim());
      requireInt(file, "twice the ffn width", 2L * checked.ffn());
      return checked;
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void requireInt(String file, String what, long size) {
    if (size > Integer.MAX_VALUE) {
      throw new InputException("%s: %s must be below 2^31, but is %d".formatted(file, what, size));
    }
  }
}
