package dev.llamark.text;

/**
 * How a file spells the merge of two pieces: both in one text.
 *
 * @param text both pieces, perhaps with a space between them
 * @param leftEnd where the left one ends
 * @param rightBegin where the right one begins
 */
record MergeSpelling(String text, int leftEnd, int rightBegin) {

  /** A text with a space between the pieces; a piece may begin with one. */
  static MergeSpelling spaced(String text) {
    int space = text.indexOf(' ', 1);
    return new MergeSpelling(text, space, space + 1);
  }

  /** Two texts. */
  static MergeSpelling pair(String left, String right) {
    return new MergeSpelling(left.concat(right), left.length(), left.length());
  }

  /** Whether there are two pieces. */
  boolean isComplete() {
    return leftEnd > 0 && rightBegin < text.length();
  }

  String left() {
    return text.substring(0, leftEnd);
  }

  String right() {
    return text.substring(rightBegin);
  }
}
