package dev.llamark.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * The text of tokens that come one by one. A character whose bytes are spread over several tokens
 * appears with the last of them.
 */
public final class TextDecoder {

  private final IntFunction<byte[]> bytes;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] pending = {};
  private boolean dropSpace;

  /**
   * @param bytes UTF-8 bytes of each token
   * @param dropSpace whether the first byte of the text is dropped if it is a space
   */
  TextDecoder(IntFunction<byte[]> bytes, boolean dropSpace) {
    this.bytes = bytes;
    this.dropSpace = dropSpace;
  }

  /** The text that is complete with this token; empty for a mark or a part of a character. */
  public String accept(int id) {
    return decode(bytes.apply(id), false);
  }

  /** The end of the text: U+FFFD for an incomplete character, else empty. Resets nothing else. */
  public String finish() {
    String rest = decode(new byte[0], true);
    utf8.reset();
    return rest;
  }

  private String decode(byte[] more, boolean end) {
    int skip = dropSpace && more.length > 0 && more[0] == ' ' ? 1 : 0;
    dropSpace &= more.length == 0;
    ByteBuffer in = ByteBuffer.allocate(pending.length + more.length - skip);
    in.put(pending).put(more, skip, more.length - skip).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 2);
    utf8.decode(in, out, end);
    if (end) {
      utf8.flush(out);
    }
    pending = new byte[in.remaining()];
    in.get(pending);
    return out.flip().toString();
  }
}
