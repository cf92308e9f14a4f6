package dev.llamark.verify.model;

import dev.llamark.oracle.Verdict;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What the reference decodes greedily after the prompt.
 *
 * @param tokens the ids
 * @param margins by how much each token's logit exceeds the next likely one's
 * @param noises the reference's own noise at each, as a difference of logits
 * @param meanSquares of the logits that chose each
 */
public record GreedyText(int[] tokens, double[] margins, double[] noises, double[] meanSquares) {

  /**
   * The first token that a variant decodes differently. What follows it means nothing.
   *
   * @param step number of the token after the prompt, from 0
   * @param position in the whole sequence
   * @param expected the reference's token
   * @param got the variant's token
   * @param expectedMargin by how much the reference's token exceeds its next
   * @param gotMargin the same of the variant's
   * @param noise the reference's own, or what a coarse variant's gate excuses
   */
  public record FirstDivergence(
      int step,
      int position,
      int expected,
      int got,
      double expectedMargin,
      double gotMargin,
      double noise) {

    /** Whether the reference's own noise could have turned its choice. */
    public boolean explained() {
      return expectedMargin < 2 * noise;
    }

    /** Ambiguous where the reference's own noise explains it, else a failure. */
    public Verdict verdict() {
      return explained() ? new Verdict.Ambiguous(toString()) : new Verdict.Fail(toString());
    }

    @Override
    public String toString() {
      return "greedy token %d (position %d) is %d instead of %d: margins %.2g and %.2g, the reference's noise %.2g"
          .formatted(step, position, got, expected, gotMargin, expectedMargin, noise);
    }
  }

  /** The same, but the noise is at least what the gate of a coarser arithmetic excuses. */
  GreedyText excused(Gate gate) {
    double[] more = noises.clone();
    Arrays.setAll(more, i -> Math.max(more[i], gate.excuses(meanSquares[i])));
    return new GreedyText(tokens, margins, more, meanSquares);
  }

  /**
   * Decodes with a variant for as long as it agrees.
   *
   * @param promptLength number of tokens before
   * @param next logits of the token after those given before: called with −1 first, for the
   *     prompt's last, then with each token agreed upon
   */
  public Optional<FirstDivergence> compare(int promptLength, IntFunction<Distribution> next) {
    for (int step = 0; step < tokens.length; step++) {
      Distribution got = next.apply(step == 0 ? -1 : tokens[step - 1]);
      if (got.top() != tokens[step]) {
        return Optional.of(
            new FirstDivergence(
                step,
                promptLength + step,
                tokens[step],
                got.top(),
                margins[step],
                got.margin(),
                noises[step]));
      }
    }
    return Optional.empty();
  }
}
