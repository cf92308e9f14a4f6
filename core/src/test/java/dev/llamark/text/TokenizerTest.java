package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TokenizerTest {

  private static final int ABC = SmallTokenizer.FIRST_PIECE + SmallTokenizer.PIECES.indexOf("abc");
  private static final int SPACE_A =
      SmallTokenizer.FIRST_PIECE + SmallTokenizer.PIECES.indexOf("▁a");
  private static final int BC = SmallTokenizer.FIRST_PIECE + SmallTokenizer.PIECES.indexOf("bc");

  private final Tokenizer tokenizer = Llama2cTokenizer.read("small.bin", SmallTokenizer.llama2c());

  private static int byteId(int value) {
    return 3 + value;
  }

  @Test
  void a_prompt_begins_with_the_mark_for_it_and_plain_text_does_not() {
    assertThat(tokenizer.encodePrompt("abc")).containsExactly(1, SPACE_A, BC);
    assertThat(tokenizer.encode("abc")).containsExactly(SPACE_A, BC);
    assertThat(tokenizer.encodePrompt("")).containsExactly(1);
    assertThat(tokenizer.encode("")).isEmpty();
  }

  @Test
  void marks_are_recognised_in_a_prompt_and_nowhere_else() {
    assertThat(tokenizer.encodePrompt("abc</s><s>abc"))
        .containsExactly(1, SPACE_A, BC, 2, 1, SPACE_A, BC);
    assertThat(tokenizer.encode("<s>")).doesNotContain(1);
  }

  @Test
  void marks_have_no_text_and_neither_have_ids_that_pad_the_model() {
    assertThat(tokenizer.decode(1, ABC, 2, 100_000)).isEqualTo("abc");
    assertThatThrownBy(() -> tokenizer.decode(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void only_the_first_space_of_a_text_is_dropped() {
    assertThat(tokenizer.decode(1, SPACE_A, SPACE_A)).isEqualTo("a a");
  }

  @Test
  void a_character_spread_over_tokens_appears_with_the_last_of_them() {
    TextDecoder decoder = tokenizer.decoder();

    assertThat(decoder.accept(byteId(0xF0))).isEmpty();
    assertThat(decoder.accept(byteId(0x9F))).isEmpty();
    assertThat(decoder.accept(byteId(0xA6))).isEmpty();
    assertThat(decoder.accept(byteId(0x99))).isEqualTo("🦙");
    assertThat(decoder.accept(byteId(0xC3))).isEmpty();
    assertThat(decoder.finish()).isEqualTo("\uFFFD");
  }

  @Test
  void bytes_that_are_no_utf8_become_replacement_characters_at_once() {
    TextDecoder decoder = tokenizer.decoder();

    assertThat(decoder.accept(byteId(0xFF))).isEqualTo("\uFFFD");
    assertThat(decoder.accept(byteId(0xC3)) + decoder.accept(ABC)).isEqualTo("\uFFFDabc");
    assertThat(decoder.finish()).isEmpty();
  }

  @Test
  void an_unpaired_surrogate_is_read_as_a_question_mark() {
    assertThat(tokenizer.decode(tokenizer.encode("a\uD83E"))).isEqualTo("a?");
  }

  @Test
  void a_special_token_is_the_leftmost_and_of_those_the_longest_and_strips_white_space() {
    List<String> parts = new ArrayList<>();
    SpecialTokens specials =
        new SpecialTokens(
            List.of(
                new SpecialTokens.Special("<a>", 1, true, false, false),
                new SpecialTokens.Special("<a><b>", 2, false, false, true),
                new SpecialTokens.Special("<c>", 3, true, true, false)));
    SpecialTokens.Parts collect =
        new SpecialTokens.Parts() {
          @Override
          public void text(String text) {
            parts.add(text);
          }

          @Override
          public void special(int id) {
            parts.add("#" + id);
          }
        };
    specials.split("x<a><b> \n y <c><a>z", true, collect);
    assertThat(parts).containsExactly("x", "#2", "y", "#3", "#1", "z");

    parts.clear();
    specials.split("<a><b><c>", false, collect);
    assertThat(parts).containsExactly("#2", "<c>");
  }

  @Test
  @Timeout(20)
  void encoding_takes_no_quadratic_time() {
    int[] ids = tokenizer.encode("abc the ".repeat(50_000));

    assertThat(Arrays.stream(ids).filter(id -> id == BC).count()).isEqualTo(50_000);
  }
}
