package dev.llamark.rope;

/** Which two elements of a head form pair {@code j}, of {@code rotaryDim / 2} pairs. */
public enum Pairing {
  /** Elements {@code 2j} and {@code 2j + 1}: RoFormer, Meta's Llama, GGUF {@code llama} files. */
  INTERLEAVED,
  /** Elements {@code j} and {@code j + rotaryDim/2}: GPT-NeoX, Hugging Face files. */
  HALVES;

  /** Index of the pair's first element within the head. */
  public int first(int pair, int rotaryDim) {
    return this == INTERLEAVED ? 2 * pair : pair;
  }

  /** Index of the pair's second element within the head. */
  public int second(int pair, int rotaryDim) {
    return this == INTERLEAVED ? 2 * pair + 1 : pair + rotaryDim / 2;
  }
}
