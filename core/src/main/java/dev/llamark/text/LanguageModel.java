package dev.llamark.text;

/** What a generator needs of a model: tokens go in, logits of the last position come out. */
public interface LanguageModel {

  /**
   * Appends tokens to what the model has seen.
   *
   * @param tokens at least one, at most {@link #room}
   * @return logits of the position after the last (vocab), valid until the next call
   */
  float[] append(int... tokens);

  /** How many more tokens the cache holds. */
  int room();
}
