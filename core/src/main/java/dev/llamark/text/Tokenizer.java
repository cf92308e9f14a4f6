package dev.llamark.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * Text to token ids and back. Texts are Unicode; an unpaired surrogate is read as a question mark.
 * Encoding takes O(n log n). Instances are immutable.
 */
public final class Tokenizer {

  private static final byte[] NOTHING = {};

  private final Vocabulary vocabulary;
  private final SpecialIds specialIds;
  private final SpecialTokens specialTokens;
  private final TextEncoding encoding;

  Tokenizer(
      Vocabulary vocabulary,
      SpecialIds specialIds,
      List<SpecialTokens.Special> specials,
      TextEncoding encoding) {
    this.vocabulary = vocabulary;
    this.specialIds = specialIds;
    this.specialTokens = new SpecialTokens(specials);
    this.encoding = encoding;
  }

  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The tokens that frame a text. */
  public SpecialIds special() {
    return specialIds;
  }

  /** The beginning of a text, if the model has such a token. */
  public OptionalInt bos() {
    return specialIds.bos();
  }

  /** The end of a text, if the model has such a token. */
  public OptionalInt eos() {
    return specialIds.eos();
  }

  /** Whether generation ends after this token. */
  public boolean ends(int id) {
    return specialIds.ends().contains(id);
  }

  /**
   * The tokens of a text and no others: nothing is put around it, and marks such as {@code <s>} are
   * text like any other.
   */
  public int[] encode(String text) {
    IntList out = new IntList();
    encode(text, false, out);
    return out.toArray();
  }

  /**
   * The tokens of a prompt: framed as the model expects it, usually by a token for its beginning;
   * marks that are spelled out are recognised.
   */
  public int[] encodePrompt(String prompt) {
    IntList out = new IntList();
    out.addAll(specialIds.prefix());
    encode(prompt, true, out);
    out.addAll(specialIds.suffix());
    return out.toArray();
  }

  private void encode(String text, boolean controls, IntList out) {
    String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    specialTokens.split(
        wellFormed,
        controls,
        new SpecialTokens.Parts() {
          private Place place = Place.FIRST;

          @Override
          public void text(String part) {
            encoding.encode(part, place, out);
          }

          @Override
          public void special(int id) {
            out.add(id);
            boolean piece = vocabulary.type(id) == TokenType.USER_DEFINED;
            place = piece ? Place.AFTER_PIECE : Place.AFTER_MARK;
          }
        });
  }

  /**
   * The text of tokens. Marks have none; a sequence of bytes that is no UTF-8 becomes U+FFFD.
   *
   * @param ids at least 0; those beyond the vocabulary, which pad a model's matrices, have no text
   */
  public String decode(int... ids) {
    TextDecoder decoder = decoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.accept(id));
    }
    return text.append(decoder.finish()).toString();
  }

  /** A decoder for tokens that come one by one, at the beginning of a text. */
  public TextDecoder decoder() {
    return new TextDecoder(this::bytes, encoding.addsSpace());
  }

  private byte[] bytes(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("Tokenizer: id must be at least 0, but is " + id);
    }
    return id < vocabulary.size() ? encoding.bytes(id) : NOTHING;
  }
}
