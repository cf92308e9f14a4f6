package dev.llamark.text;

import dev.llamark.run.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * BPE over characters with spaces as marks, as SentencePiece does it for Llama 2: characters are
 * merged to pieces; a character outside the vocabulary becomes its UTF-8 bytes, or the unknown
 * token where the vocabulary has no bytes.
 */
final class SentencePieceBpe implements TextEncoding {

  /** How SentencePiece writes text that it could not express. */
  private static final byte[] UNKNOWN_SURFACE = " ⁇ ".getBytes(StandardCharsets.UTF_8);

  private static final byte[] NOTHING = {};

  private record Span(int begin, int end, int id) {}

  private final Vocabulary vocabulary;
  private final Function<String, Symbols.Merges> merges;
  private final Spacing spacing;

  /** Merges in the order of the pieces' scores. */
  SentencePieceBpe(Vocabulary vocabulary, float[] scores, Spacing spacing) {
    this(vocabulary, new ScoredMerges(vocabulary, scores)::over, spacing);
  }

  /** Merges in the order of a table. */
  SentencePieceBpe(Vocabulary vocabulary, MergeTable table, Spacing spacing) {
    this(vocabulary, text -> table, spacing);
  }

  private SentencePieceBpe(
      Vocabulary vocabulary, Function<String, Symbols.Merges> merges, Spacing spacing) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.spacing = spacing;
  }

  @Override
  public void encode(String text, Place place, IntList out) {
    String marked = spacing.apply(text, place);
    Symbols symbols = characters(marked);
    Symbols.Merges merges = this.merges.apply(marked);
    symbols.merge(merges);
    boolean afterUnknown = false;
    for (int symbol = symbols.first(); symbol >= 0; symbol = symbols.next(symbol)) {
      Span span = new Span(symbols.begin(symbol), symbols.end(symbol), symbols.id(symbol));
      afterUnknown = emit(marked, span, merges, afterUnknown, out);
    }
  }

  private Symbols characters(String text) {
    Symbols symbols = new Symbols(text.codePointCount(0, text.length()));
    for (int begin = 0; begin < text.length(); ) {
      int end = begin + Character.charCount(text.codePointAt(begin));
      symbols.add(begin, end, vocabulary.mergeable(text.substring(begin, end)));
      begin = end;
    }
    return symbols;
  }

  /** Emits a piece; an unused one as the pieces of which it was merged. */
  private boolean emit(
      String text, Span whole, Symbols.Merges merges, boolean afterUnknown, IntList out) {
    boolean unknown = afterUnknown;
    Deque<Span> stack = new ArrayDeque<>();
    stack.push(whole);
    while (!stack.isEmpty()) {
      Span span = stack.pop();
      int middle = span.begin + leftPart(text, span, merges);
      if (middle > span.begin) {
        stack.push(part(text, middle, span.end));
        stack.push(part(text, span.begin, middle));
      } else if (span.id >= 0) {
        out.add(span.id);
        unknown = false;
      } else {
        unknown = outside(text.substring(span.begin, span.end), unknown, out);
      }
    }
    return unknown;
  }

  private int leftPart(String text, Span span, Symbols.Merges merges) {
    boolean unused = span.id >= 0 && vocabulary.type(span.id) == TokenType.UNUSED;
    return unused && merges instanceof ScoredMerges scored
        ? scored.leftPart(text.substring(span.begin, span.end))
        : 0;
  }

  private Span part(String text, int begin, int end) {
    return new Span(begin, end, vocabulary.mergeable(text.substring(begin, end)));
  }

  /** A character outside the vocabulary; a run of unknown ones is one token. */
  private boolean outside(String character, boolean afterUnknown, IntList out) {
    byte[] utf8 = character.getBytes(StandardCharsets.UTF_8);
    boolean fallback = true;
    for (byte b : utf8) {
      fallback &= vocabulary.byteId(b & 0xFF) >= 0;
    }
    if (fallback) {
      for (byte b : utf8) {
        out.add(vocabulary.byteId(b & 0xFF));
      }
      return false;
    }
    OptionalInt unknown = vocabulary.unknown();
    if (unknown.isEmpty()) {
      throw new InputException(
          "text: each character must have tokens, but %s (U+%04X) has none in the vocabulary"
              .formatted(Quote.of(character), character.codePointAt(0)));
    }
    if (!afterUnknown) {
      out.add(unknown.getAsInt());
    }
    return true;
  }

  @Override
  public byte[] bytes(int id) {
    String piece = vocabulary.piece(id);
    return switch (vocabulary.type(id)) {
      case NORMAL, USER_DEFINED, UNUSED ->
          piece.replace(Spacing.MARK, ' ').getBytes(StandardCharsets.UTF_8);
      case BYTE -> new byte[] {(byte) Vocabulary.byteOf(piece)};
      case UNKNOWN -> UNKNOWN_SURFACE.clone();
      case CONTROL -> NOTHING;
    };
  }

  @Override
  public boolean addsSpace() {
    return spacing.prefix() != Spacing.Prefix.NEVER;
  }
}
