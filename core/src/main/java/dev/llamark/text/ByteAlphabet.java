package dev.llamark.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The printable characters by which byte-level vocabularies spell bytes: printable Latin-1 as
 * itself, the 68 others in order from U+0100 (GPT-2, {@code bytes_to_unicode}).
 */
final class ByteAlphabet {

  private static final char[] SPELLING = new char[256];
  private static final int[] BYTES = new int[256 + 68];

  static {
    char other = 256;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          value >= '!' && value <= '~' || value >= '¡' && value <= '¬' || value >= '®';
      SPELLING[value] = printable ? (char) value : other++;
    }
    Arrays.fill(BYTES, -1);
    for (int value = 0; value < 256; value++) {
      BYTES[SPELLING[value]] = value;
    }
  }

  private ByteAlphabet() {}

  /** The character of a byte, 0 to 255. */
  static char spell(int value) {
    return SPELLING[value];
  }

  /** The spelling of bytes. */
  static String spell(byte[] bytes) {
    StringBuilder out = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      out.append(SPELLING[b & 0xFF]);
    }
    return out.toString();
  }

  /** The bytes of a spelling; the text's own UTF-8 where it is no spelling. */
  static byte[] bytes(String spelling) {
    byte[] bytes = new byte[spelling.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = spelling.charAt(i);
      if (c >= BYTES.length || BYTES[c] < 0) {
        return spelling.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[c];
    }
    return bytes;
  }
}
