package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.run.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SentencePieceBpeTest {

  private static final Vocabulary SMALL =
      new Vocabulary(SmallTokenizer.pieces(), SmallTokenizer.types());

  private static List<String> pieces(Vocabulary vocabulary, float[] scores, String text) {
    return pieces(vocabulary, scores, Spacing.Prefix.NEVER, text);
  }

  private static List<String> pieces(
      Vocabulary vocabulary, float[] scores, Spacing.Prefix prefix, String text) {
    IntList out = new IntList();
    new SentencePieceBpe(vocabulary, scores, Spacing.of(prefix)).encode(text, Place.FIRST, out);
    return Arrays.stream(out.toArray()).mapToObj(vocabulary::piece).toList();
  }

  private static Vocabulary normal(String... pieces) {
    return new Vocabulary(
        List.of(pieces), Arrays.stream(pieces).map(piece -> TokenType.NORMAL).toList());
  }

  @Test
  void the_pair_with_the_highest_score_merges_first() {
    Vocabulary vocabulary = normal("a", "b", "c", "ab", "bc");

    assertThat(pieces(vocabulary, new float[] {0, 0, 0, -2, -1}, "abc")).containsExactly("a", "bc");
    assertThat(pieces(vocabulary, new float[] {0, 0, 0, -1, -2}, "abc")).containsExactly("ab", "c");
  }

  @Test
  void of_equal_scores_the_leftmost_pair_merges_first() {
    Vocabulary vocabulary = normal("a", "b", "c", "ab", "bc", "aa");

    assertThat(pieces(vocabulary, new float[6], "abc")).containsExactly("ab", "c");
    assertThat(pieces(vocabulary, new float[6], "aaa")).containsExactly("aa", "a");
  }

  @Test
  void a_piece_that_no_merges_lead_to_is_never_found() {
    Vocabulary vocabulary = normal("a", "b", "c", "abc");

    assertThat(pieces(vocabulary, new float[4], "abc")).containsExactly("a", "b", "c");
  }

  @Test
  void spaces_become_marks_and_one_is_put_before_the_text() {
    assertThat(pieces(SMALL, SmallTokenizer.scores(), Spacing.Prefix.ALWAYS, "the  abc"))
        .containsExactly("▁the", "▁", "▁a", "bc");
  }

  @Test
  void a_character_outside_the_vocabulary_becomes_its_bytes() {
    assertThat(pieces(SMALL, SmallTokenizer.scores(), "aß🦙"))
        .containsExactly("a", "<0xC3>", "<0x9F>", "<0xF0>", "<0x9F>", "<0xA6>", "<0x99>");
  }

  @Test
  void the_spelling_of_a_byte_or_a_mark_is_text() {
    assertThat(pieces(SMALL, SmallTokenizer.scores(), "<s>"))
        .containsExactly("<0x3C>", "<0x73>", "<0x3E>");
  }

  @Test
  void without_bytes_a_run_of_unknown_characters_is_one_unknown_token() {
    Vocabulary vocabulary =
        new Vocabulary(List.of("<unk>", "a"), List.of(TokenType.UNKNOWN, TokenType.NORMAL));

    assertThat(pieces(vocabulary, new float[2], "xyaz")).containsExactly("<unk>", "a", "<unk>");
  }

  @Test
  void without_bytes_and_unknown_token_the_character_is_refused() {
    assertThatThrownBy(() -> pieces(normal("a"), new float[1], "aß"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'ß' (U+00DF)");
  }

  @Test
  void an_unused_piece_falls_back_to_the_pieces_it_was_merged_of() {
    Vocabulary vocabulary =
        new Vocabulary(
            List.of("a", "b", "c", "ab", "abc"),
            List.of(
                TokenType.NORMAL,
                TokenType.NORMAL,
                TokenType.NORMAL,
                TokenType.UNUSED,
                TokenType.NORMAL));

    assertThat(pieces(vocabulary, new float[5], "abc")).containsExactly("abc");
    assertThat(pieces(vocabulary, new float[5], "abab")).containsExactly("a", "b", "a", "b");
  }

  @Property(tries = 500)
  void any_text_has_the_pieces_of_the_definition(@ForAll("texts") String text) {
    assertThat(pieces(SMALL, SmallTokenizer.scores(), text)).isEqualTo(byDefinition(text));
  }

  @Property(tries = 500)
  void decoding_gives_the_text_back(@ForAll("texts") String text) {
    Tokenizer tokenizer = Llama2cTokenizer.read("small.bin", SmallTokenizer.llama2c());

    assertThat(tokenizer.decode(tokenizer.encodePrompt(text))).isEqualTo(text);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("abcehinrt  é你好ß🦙".codePoints().mapToObj(Character::toString).toList())
        .list()
        .ofMaxSize(40)
        .map(characters -> String.join("", characters));
  }

  /** Looks at all neighbours, merges the best, and begins anew. */
  private static List<String> byDefinition(String text) {
    List<String> symbols =
        text.replace(' ', '▁')
            .codePoints()
            .mapToObj(Character::toString)
            .collect(Collectors.toCollection(ArrayList::new));
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = SmallTokenizer.PIECES.indexOf(symbols.get(i) + symbols.get(i + 1));
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return symbols.stream().flatMap(symbol -> spelled(symbol).stream()).toList();
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }

  private static List<String> spelled(String symbol) {
    if (SmallTokenizer.PIECES.contains(symbol)) {
      return List.of(symbol);
    }
    List<String> bytes = new ArrayList<>();
    for (byte b : symbol.getBytes(StandardCharsets.UTF_8)) {
      bytes.add("<0x%02X>".formatted(b & 0xFF));
    }
    return bytes;
  }
}
