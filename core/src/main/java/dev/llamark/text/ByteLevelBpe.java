package dev.llamark.text;

import dev.llamark.run.InputException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * BPE over the UTF-8 bytes of words, as GPT-2, Llama 3 and Qwen2 do it. Decoding gives back the
 * encoded text exactly, unless it is normalised first.
 */
final class ByteLevelBpe implements TextEncoding {

  /**
   * What is done beside the merges.
   *
   * @param split how words are found
   * @param wholeWords whether a word that is a token is not merged at all
   * @param composed whether characters are composed first (Unicode's NFC)
   */
  record Rules(WordSplit split, boolean wholeWords, boolean composed) {}

  private static final byte[] NOTHING = {};

  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Rules rules;
  private final int[] byteIds = new int[256];

  ByteLevelBpe(Vocabulary vocabulary, MergeTable merges, Rules rules) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.rules = rules;
    for (int value = 0; value < 256; value++) {
      byteIds[value] = vocabulary.mergeable(String.valueOf(ByteAlphabet.spell(value)));
    }
  }

  @Override
  public void encode(String text, Place place, IntList out) {
    String composed = rules.composed ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
    rules.split.split(composed, word -> encodeWord(word, out));
  }

  private void encodeWord(String word, IntList out) {
    byte[] utf8 = word.getBytes(StandardCharsets.UTF_8);
    if (rules.wholeWords) {
      int whole = vocabulary.mergeable(ByteAlphabet.spell(utf8));
      if (whole >= 0) {
        out.add(whole);
        return;
      }
    }
    Symbols symbols = new Symbols(utf8.length);
    for (int i = 0; i < utf8.length; i++) {
      symbols.add(i, i + 1, byteId(utf8[i] & 0xFF, word));
    }
    symbols.merge(merges);
    for (int symbol = symbols.first(); symbol >= 0; symbol = symbols.next(symbol)) {
      out.add(symbols.id(symbol));
    }
  }

  private int byteId(int value, String word) {
    if (byteIds[value] < 0) {
      throw new InputException(
          "text: each byte must have a token, but 0x%02X of %s has none in the vocabulary"
              .formatted(value, Quote.of(word)));
    }
    return byteIds[value];
  }

  @Override
  public byte[] bytes(int id) {
    String piece = vocabulary.piece(id);
    return switch (vocabulary.type(id)) {
      case NORMAL, UNUSED -> ByteAlphabet.bytes(piece);
      case USER_DEFINED -> piece.getBytes(StandardCharsets.UTF_8);
      case BYTE -> new byte[] {(byte) Vocabulary.byteOf(piece)};
      case UNKNOWN, CONTROL -> NOTHING;
    };
  }

  @Override
  public boolean addsSpace() {
    return false;
  }
}
