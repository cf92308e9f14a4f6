package dev.llamark.format;

import dev.llamark.rope.Pairing;
import dev.llamark.run.InputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The members of the Llama family that llamark runs, and what tells them apart. */
public enum Architecture {
  LLAMA(Pairing.INTERLEAVED),
  MISTRAL(Pairing.INTERLEAVED),
  /** Biases of query, key and value. */
  QWEN2(Pairing.HALVES),
  /** Norms of each query and key head. */
  QWEN3(Pairing.HALVES),
  /**
   * Query, key and value in one matrix, gate and up in another; rotation of a part of each head.
   */
  PHI3(Pairing.HALVES),
  SMOLLM(Pairing.INTERLEAVED);

  private final Pairing ggufPairing;

  Architecture(Pairing ggufPairing) {
    this.ggufPairing = ggufPairing;
  }

  /** As files name it. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How GGUF files of this architecture order the rotated elements; other files have halves. */
  public Pairing ggufPairing() {
    return ggufPairing;
  }

  /** Whether query, key and value must have biases. */
  public boolean biased() {
    return this == QWEN2;
  }

  /** Whether query and key heads must have norms. */
  public boolean normsHeads() {
    return this == QWEN3;
  }

  /**
   * The architecture that a file names.
   *
   * @param where the file and key that name it
   */
  public static Architecture of(String id, String where) {
    for (Architecture architecture : values()) {
      if (architecture.id().equals(id)) {
        return architecture;
      }
    }
    String known = Arrays.stream(values()).map(Architecture::id).collect(Collectors.joining(" "));
    throw new InputException(
        "%s must be one of %s, but is '%s'"
            .formatted(where, known, id.replaceAll("\\p{Cntrl}", "?")));
  }
}
