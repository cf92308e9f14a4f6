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
  private int lastMerged = PieceTable.NONE;

  MergeReader(String file, Vocabulary vocabulary, int capacity) {
    this.file = file;
    this.vocabulary = vocabulary;
    if (capacity > MOST) {
      throw new InputException(
          "%s: merges must be at most %d, but are %d".formatted(file, MOST, capacity));
    }
    table = new MergeTable(capacity);
  }

  /** Adds the merge that ranks next. */
  void add(MergeSpelling merge) {
    if (!merge.isComplete()) {
      throw refuse(
          "must be two pieces, in one text separated by a space, but is " + Quote.of(merge.text()));
    }
    PieceTable ids = vocabulary.ids();
    int left = ids.find(merge.text(), 0, merge.leftEnd());
    int right = ids.find(merge.text(), merge.rightBegin(), merge.text().length());
    int merged = ids.find(merge, lastMerged);
    if (left < 0 || right < 0 || merged < 0) {
      String missing = merge.left().concat(merge.right());
      throw needs(left < 0 ? merge.left() : right < 0 ? merge.right() : missing);
    }
    table.add(left, right, merged);
    lastMerged = merged;
    rank++;
  }

  /** All merges added, ranked in their order. */
  MergeTable table() {
    return table;
  }

  private InputException needs(String piece) {
    return refuse("needs the token " + Quote.of(piece) + ", but it is missing");
  }

  private InputException refuse(String what) {
    return new InputException("%s: merge %d %s".formatted(file, rank, what));
  }
}
