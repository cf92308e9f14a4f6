package dev.llamark.text;

import dev.llamark.run.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads a tokenizer of llama2.c ({@code tokenizer.bin}): the length of the longest token, then
 * score, length and bytes of each token to the end of the file. Tokens 0, 1 and 2 are the unknown
 * one, the beginning and the end; marks for spaces are spaces.
 */
final class Llama2cTokenizer {

  private static final int UNKNOWN = 0;
  private static final int BOS = 1;
  private static final int EOS = 2;

  private final String file;
  private final ByteBuffer in;
  private final List<String> pieces = new ArrayList<>();
  private final List<TokenType> types = new ArrayList<>();
  private float[] scores = new float[1024];

  private Llama2cTokenizer(String file, byte[] bytes) {
    this.file = file;
    in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static Tokenizer read(String file, byte[] bytes) {
    return new Llama2cTokenizer(file, bytes).read();
  }

  private Tokenizer read() {
    require(in.remaining() >= Integer.BYTES, "the file", "at least 4 bytes", in.remaining());
    int longest = in.getInt();
    require(longest > 0, "the length of the longest token", "positive", longest);
    while (in.hasRemaining()) {
      token(longest);
    }
    require(pieces.size() > EOS, "the number of tokens", "at least 3", pieces.size());
    Vocabulary vocabulary = new Vocabulary(pieces, types);
    SpecialIds ids =
        new SpecialIds(
            OptionalInt.of(BOS),
            OptionalInt.of(EOS),
            List.of(BOS),
            List.of(),
            Set.of(BOS, EOS)); // its models begin the next text where one ends
    List<SpecialTokens.Special> specials =
        List.of(
            new SpecialTokens.Special(pieces.get(BOS), BOS, true, false, false),
            new SpecialTokens.Special(pieces.get(EOS), EOS, true, false, false));
    Spacing spacing = Spacing.of(Spacing.Prefix.TEXTS);
    float[] used = Arrays.copyOf(scores, pieces.size());
    return new Tokenizer(
        vocabulary, ids, specials, new SentencePieceBpe(vocabulary, used, spacing));
  }

  private void token(int longest) {
    int id = pieces.size();
    require(in.remaining() >= 8, "token " + id, "8 bytes and its text", in.remaining() + " bytes");
    float score = in.getFloat();
    int length = in.getInt();
    require(Float.isFinite(score), "the score of token " + id, "finite", score);
    require(
        length >= 0 && length <= Math.min(longest, in.remaining()),
        "the length of token " + id,
        "from 0 to " + Math.min(longest, in.remaining()),
        length);
    String piece = text(length, id);
    if (id == scores.length) {
      scores = Arrays.copyOf(scores, id * 2);
    }
    scores[id] = score;
    types.add(type(id, piece));
    pieces.add(mark(id) ? piece.strip() : piece.replace(' ', Spacing.MARK));
    require(!mark(id) || !pieces.getLast().isEmpty(), "token " + id, "not empty", Quote.of(piece));
  }

  private static boolean mark(int id) {
    return id == BOS || id == EOS;
  }

  private static TokenType type(int id, String piece) {
    return switch (id) {
      case UNKNOWN -> TokenType.UNKNOWN;
      case BOS, EOS -> TokenType.CONTROL;
      default -> Vocabulary.spellsByte(piece) ? TokenType.BYTE : TokenType.NORMAL;
    };
  }

  private String text(int length, int id) {
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new InputException("%s: token %d must be UTF-8, but is malformed".formatted(file, id));
    }
  }

  private void require(boolean holds, String what, String expected, Object found) {
    if (!holds) {
      throw new InputException(
          "%s: %s must be %s, but is %s".formatted(file, what, expected, found));
    }
  }
}
