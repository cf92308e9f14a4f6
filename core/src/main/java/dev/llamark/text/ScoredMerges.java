package dev.llamark.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Merges as SentencePiece does them: two neighbours may merge where the vocabulary has the joined
 * piece, and the piece with the highest score goes first.
 */
final class ScoredMerges implements Symbols.Merges {

  private final Vocabulary vocabulary;
  private final int[] ranks;
  private final String text;
  private final Map<String, Integer> leftParts = new HashMap<>();

  private ScoredMerges(Vocabulary vocabulary, int[] ranks, String text) {
    this.vocabulary = vocabulary;
    this.ranks = ranks;
    this.text = text;
  }

  /**
   * @param scores score of each token; finite
   */
  ScoredMerges(Vocabulary vocabulary, float[] scores) {
    this(vocabulary, ranks(scores), "");
  }

  /** The same merges over the symbols of a text. */
  ScoredMerges over(String text) {
    return new ScoredMerges(vocabulary, ranks, text);
  }

  @Override
  public long of(Symbols symbols, int left, int right) {
    int begin = symbols.begin(left);
    int end = symbols.end(right);
    if (end - begin > vocabulary.longestPiece()) {
      return NONE;
    }
    String piece = text.substring(begin, end);
    int id = vocabulary.mergeable(piece);
    if (id < 0) {
      return NONE;
    }
    if (vocabulary.type(id) == TokenType.UNUSED) {
      leftParts.put(piece, symbols.end(left) - begin);
    }
    return Symbols.Merges.of(ranks[id], id);
  }

  /** Length of the left of the two pieces that an unused piece was merged of, or 0. */
  int leftPart(String piece) {
    return leftParts.getOrDefault(piece, 0);
  }

  /** Equal scores have equal ranks; the highest score has rank 0. */
  private static int[] ranks(float[] scores) {
    float[] sorted = new float[scores.length];
    for (int i = 0; i < scores.length; i++) {
      sorted[i] = -scores[i] + 0f; // −0 becomes 0
    }
    float[] negated = sorted.clone();
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[distinct++] = sorted[i];
      }
    }
    int[] ranks = new int[scores.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = Arrays.binarySearch(sorted, 0, distinct, negated[i]);
    }
    return ranks;
  }
}
