package dev.llamark.text;

import dev.llamark.run.InputException;

/** Collects ranked merges from their spelling; parts and results must be tokens. */
final class MergeReader {

  /** Far beyond any vocabulary. */
  private static final int MOST = 1 << 24;

  private final String file;
  private final Vocabulary vocabulary;
  private final MergeTable table;
  private int rank;

  MergeReader(String file, Vocabulary vocabulary, int capacity) {
    this.file = file;
    this.vocabulary = vocabulary;
    if (capacity > MOST) {
      throw new InputException(
          "%s: merges must be at most %d, but are %d".formatted(file, MOST, capacity));
    }
    table = new MergeTable(capacity);
  }

  /** Adds a merge spelled {@code left right}. */
  void add(String merge) {
    int space = merge.indexOf(' ', 1);
    if (space < 0 || space == merge.length() - 1) {
      throw refuse("must be two pieces separated by a space, but is " + Quote.of(merge));
    }
    add(merge.substring(0, space), merge.substring(space + 1));
  }

  /** Adds the merge of two pieces. */
  void add(String left, String right) {
    table.add(id(left), id(right), id(left + right));
    rank++;
  }

  /** All merges added, ranked in their order. */
  MergeTable table() {
    return table;
  }

  private int id(String piece) {
    return vocabulary
        .find(piece)
        .orElseThrow(() -> refuse("needs the token " + Quote.of(piece) + ", but it is missing"));
  }

  private InputException refuse(String what) {
    return new InputException("%s: merge %d %s".formatted(file, rank, what));
  }
}
