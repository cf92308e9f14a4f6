package dev.llamark.text;

/** What a token stands for; the order is that of the numbers in GGUF and SentencePiece files. */
public enum TokenType {
  /** A piece of text. */
  NORMAL,
  /** Text that the vocabulary cannot express. */
  UNKNOWN,
  /** A mark for the model, such as the beginning of a text; never a piece of text. */
  CONTROL,
  /** Text that is always one token. */
  USER_DEFINED,
  /** A piece that may only be a step on the way to others. */
  UNUSED,
  /** One byte, spelled {@code <0x0A>}. */
  BYTE;

  /** The number of this type in GGUF and SentencePiece files. */
  public int code() {
    return ordinal() + 1;
  }

  static boolean isCode(long code) {
    return code >= 1 && code <= values().length;
  }

  static TokenType ofCode(int code) {
    return values()[code - 1];
  }
}
