package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ByteLevelBpeTest {

  private static Tokenizer tokenizer(WordSplit split, boolean wholeWords, List<String> merges) {
    List<String> pieces = new ArrayList<>(SmallByteTokenizer.bytes());
    merges.forEach(merge -> pieces.add(merge.replace(" ", "")));
    Vocabulary vocabulary =
        new Vocabulary(pieces, pieces.stream().map(piece -> TokenType.NORMAL).toList());
    MergeReader reader = new MergeReader("test", vocabulary, merges.size());
    merges.forEach(merge -> reader.add(MergeSpelling.spaced(merge)));
    SpecialIds none =
        new SpecialIds(OptionalInt.empty(), OptionalInt.empty(), List.of(), List.of(), Set.of());
    ByteLevelBpe.Rules rules = new ByteLevelBpe.Rules(split, wholeWords, false);
    return new Tokenizer(
        vocabulary, none, List.of(), new ByteLevelBpe(vocabulary, reader.table(), rules));
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer.vocabulary()::piece).toList();
  }

  @Test
  void merges_go_by_rank_and_never_cross_words() {
    Tokenizer tokenizer = tokenizer(WordSplit.GPT2, false, SmallByteTokenizer.MERGES);

    assertThat(pieces(tokenizer, "Hello the té")).containsExactly("Hello", "Ġthe", "Ġt", "Ã©");
    assertThat(pieces(tokenizer, "o the")).containsExactly("o", "Ġthe");
  }

  @Test
  void a_word_that_is_a_token_is_taken_whole_only_where_the_rules_say_so() {
    List<String> merges = List.of("b c", "a b", "ab c"); // abc: first bc, and then nothing fits
    assertThat(pieces(tokenizer(WordSplit.GPT2, false, merges), "abc")).containsExactly("a", "bc");
    assertThat(pieces(tokenizer(WordSplit.GPT2, true, merges), "abc")).containsExactly("abc");
  }

  @Test
  void a_byte_without_token_is_refused() {
    List<String> pieces = List.of("a", "b");
    Vocabulary vocabulary = new Vocabulary(pieces, List.of(TokenType.NORMAL, TokenType.NORMAL));
    ByteLevelBpe bpe =
        new ByteLevelBpe(
            vocabulary, new MergeTable(0), new ByteLevelBpe.Rules(WordSplit.GPT2, false, false));

    assertThatThrownBy(() -> bpe.encode("abc", Place.FIRST, new IntList()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("0x63 of 'abc'");
  }

  @Test
  void the_alphabet_spells_all_bytes_and_reads_them_back() {
    for (int value = 0; value < 256; value++) {
      String spelled = SmallByteTokenizer.bytes().get(value);
      assertThat(ByteAlphabet.spell(new byte[] {(byte) value})).isEqualTo(spelled);
      assertThat(ByteAlphabet.bytes(spelled)).containsExactly((byte) value);
    }
  }

  @Property(tries = 300)
  void any_text_comes_back(@ForAll("anyText") String text, @ForAll WordSplit split) {
    Tokenizer tokenizer = tokenizer(split, false, SmallByteTokenizer.MERGES);

    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
  }

  @Property(tries = 500)
  void a_word_has_the_pieces_of_the_definition(@ForAll("letters") String word) {
    Tokenizer tokenizer = tokenizer(WordSplit.GPT2, false, WORD_MERGES);

    assertThat(pieces(tokenizer, word)).isEqualTo(byDefinition(word, WORD_MERGES));
  }

  private static final List<String> WORD_MERGES =
      List.of("a b", "b a", "ab ab", "a a", "c ab", "aa b", "b b", "abab c", "ba ba");

  @Provide
  Arbitrary<String> letters() {
    return Arbitraries.strings().withChars('a', 'b', 'c').ofMinLength(1).ofMaxLength(30);
  }

  @Provide
  Arbitrary<String> anyText() {
    Arbitrary<Integer> codePoint =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 0x7F),
            Arbitraries.integers().between(0x80, 0xD7FF),
            Arbitraries.integers().between(0xE000, 0x10FFFF),
            Arbitraries.of((int) ' ', (int) '\n', (int) '\'', (int) 's', (int) '1'));
    return codePoint
        .list()
        .ofMaxSize(60)
        .map(
            points ->
                points.stream()
                    .collect(
                        StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
  }

  private static List<String> byDefinition(String word, List<String> merges) {
    List<String> symbols = new ArrayList<>(List.of(word.split("")));
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = merges.indexOf(symbols.get(i) + " " + symbols.get(i + 1));
        if (rank >= 0 && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return symbols;
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
