package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WordSplitTest {

  @Test
  void gpt2_keeps_a_space_with_the_word_after_it_and_contractions_in_lower_case() {
    assertThat(WordSplit.GPT2.words("It's  the 12345 end!?  "))
        .containsExactly("It", "'s", " ", " the", " 12345", " end", "!?", "  ");
    assertThat(WordSplit.GPT2.words("IT'S")).containsExactly("IT", "'", "S");
  }

  @Test
  void llama3_takes_three_digits_at_a_time_and_one_sign_with_a_word() {
    assertThat(WordSplit.LLAMA3.words("(x) 12345 IT'LL\r\n\n y"))
        .containsExactly("(x", ")", " ", "123", "45", " IT", "'LL", "\r\n\n", " y");
  }

  @Test
  void llama3_takes_line_ends_with_signs_and_with_the_space_before_them() {
    assertThat(WordSplit.LLAMA3.words("end.\n\n  \n  next"))
        .containsExactly("end", ".\n\n", "  \n", " ", " next");
  }

  @Test
  void qwen2_takes_one_digit_at_a_time() {
    assertThat(WordSplit.QWEN2.words("a 2048")).containsExactly("a", " ", "2", "0", "4", "8");
  }

  @Test
  void smollm_sets_digits_apart_before_it_looks_for_words() {
    assertThat(WordSplit.SMOLLM.words("a 20  b")).containsExactly("a", " ", "2", "0", " ", " b");
  }

  @Test
  void gpt4o_ends_a_word_before_a_capital_and_keeps_a_contraction_with_it() {
    assertThat(WordSplit.GPT4O.words("CamelCase don't")).containsExactly("Camel", "Case", " don't");
    assertThat(WordSplit.TEKKEN.words("CamelCase don't 12"))
        .containsExactly("Camel", "Case", " don", "'t", " ", "1", "2");
  }

  @Test
  void white_space_and_letters_are_those_of_unicode() {
    assertThat(WordSplit.LLAMA3.words("é\u3000\u00a0你好 Ⅷ½"))
        .containsExactly("é", "\u3000", "\u00a0你好", " ", "Ⅷ½");
    assertThat(WordSplit.GPT2.words("a\u2003\u2003b"))
        .containsExactly("a", "\u2003", "\u2003", "b");
  }

  @ParameterizedTest
  @EnumSource(WordSplit.class)
  void each_split_is_found_by_its_names_and_long_runs_take_no_stack(WordSplit split) {
    String run = "a".repeat(200_000) + " ".repeat(200_000) + "1".repeat(3) + "!".repeat(200_000);

    assertThat(String.join("", split.words(run))).isEqualTo(run);
    assertThat(WordSplit.knownNames().split(", "))
        .allMatch(name -> WordSplit.named(name).isPresent());
  }
}
