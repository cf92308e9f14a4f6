package dev.llamark.text;

/** Where a stretch of text stands. */
enum Place {
  /** At the very beginning. */
  FIRST,
  /** After a mark for the model, such as {@code <s>}. */
  AFTER_MARK,
  /** After a piece of text that is always one token. */
  AFTER_PIECE
}
