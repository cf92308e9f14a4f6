package dev.llamark.text;

import java.util.List;

/**
 * What was generated and how long it took.
 *
 * @param tokens generated tokens; one that ended the text is not among them
 * @param reason why generation ended
 * @param promptTokens number of tokens of the prompt
 * @param promptNanos time from the prompt to its logits
 * @param steps number of tokens that went through the model one by one
 * @param stepNanos time of these steps, sampling and printing included
 */
public record Generation(
    List<Integer> tokens,
    StopReason reason,
    int promptTokens,
    long promptNanos,
    int steps,
    long stepNanos) {

  public Generation {
    tokens = List.copyOf(tokens);
  }

  /** Tokens of the prompt per second. */
  public double promptRate() {
    return rate(promptTokens, promptNanos);
  }

  /** Generated tokens per second; 0 where the first ended the generation. */
  public double stepRate() {
    return rate(steps, stepNanos);
  }

  private static double rate(int tokens, long nanos) {
    return tokens == 0 ? 0 : tokens * 1e9 / Math.max(1, nanos);
  }
}
