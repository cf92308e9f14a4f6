package dev.llamark.text;

/**
 * What SentencePiece does to the spaces of a text before it looks for pieces.
 *
 * @param prefix where a space is put before the text
 * @param unlessSpace whether no space is put before a text that begins with one
 * @param collapse whether spaces at both ends are dropped and runs of spaces made one
 */
record Spacing(Prefix prefix, boolean unlessSpace, boolean collapse) {

  /** Which stretches of text between special tokens get a space before them. */
  enum Prefix {
    NEVER,
    /** Only the very first. */
    FIRST,
    /** The first and those after marks for the model, which separate texts. */
    TEXTS,
    ALWAYS
  }

  /** The mark that stands for a space inside pieces. */
  static final char MARK = '▁';

  static Spacing of(Prefix prefix) {
    return new Spacing(prefix, false, false);
  }

  /** The text with marks for spaces. */
  String apply(String text, Place place) {
    String spaced = collapse ? collapsed(text) : text;
    boolean wanted =
        switch (prefix) {
          case NEVER -> false;
          case FIRST -> place == Place.FIRST;
          case TEXTS -> place != Place.AFTER_PIECE;
          case ALWAYS -> true;
        };
    String marked = spaced.replace(' ', MARK);
    boolean present = unlessSpace && marked.indexOf(MARK) == 0;
    return wanted && !marked.isEmpty() && !present ? MARK + marked : marked;
  }

  private static String collapsed(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean repeats = c == ' ' && (out.isEmpty() || out.charAt(out.length() - 1) == ' ');
      if (!repeats) {
        out.append(c);
      }
    }
    int length = out.length();
    return length > 0 && out.charAt(length - 1) == ' '
        ? out.substring(0, length - 1)
        : out.toString();
  }
}
