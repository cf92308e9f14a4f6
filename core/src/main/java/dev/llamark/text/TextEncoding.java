package dev.llamark.text;

/** How pieces of text become tokens and tokens become bytes. */
sealed interface TextEncoding permits SentencePieceBpe, ByteLevelBpe {

  /**
   * Appends the tokens of a text without special tokens.
   *
   * @param text well-formed UTF-16, not empty
   * @param place where it stands in the whole text
   */
  void encode(String text, Place place, IntList out);

  /** The UTF-8 bytes for which a token stands, perhaps a part of a character. */
  byte[] bytes(int id);

  /** Whether encoding puts a space before a text, which decoding takes away. */
  boolean addsSpace();
}
