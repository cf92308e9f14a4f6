package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TextGeneratorTest {

  private static final int VOCAB = 10;

  /** After token n comes token n + 1, after 8 nothing but NaN. */
  private static final class Counting implements LanguageModel {
    private final int capacity;
    private final List<int[]> seen = new ArrayList<>();
    private int used;

    Counting(int capacity) {
      this.capacity = capacity;
    }

    @Override
    public float[] append(int... tokens) {
      seen.add(tokens);
      used += tokens.length;
      float[] logits = new float[VOCAB];
      int last = tokens[tokens.length - 1];
      logits[last == 8 ? 0 : last + 1] = last == 8 ? Float.NaN : 1;
      return logits;
    }

    @Override
    public int room() {
      return capacity - used;
    }
  }

  private final List<Integer> streamed = new ArrayList<>();

  private Generation generate(LanguageModel model, int most, int... prompt) {
    return new TextGenerator(model, Sampler.greedy(), token -> token == 7)
        .generate(prompt, most, streamed::add);
  }

  @Test
  void ends_when_as_many_tokens_are_there_as_wanted_and_feeds_none_in_vain() {
    Counting model = new Counting(100);

    Generation generation = generate(model, 3, 0, 1);

    assertThat(generation.reason()).isEqualTo(StopReason.LENGTH);
    assertThat(generation.tokens()).containsExactly(2, 3, 4).isEqualTo(streamed);
    assertThat(model.seen).containsExactly(new int[] {0, 1}, new int[] {2}, new int[] {3});
    assertThat(generation.promptTokens()).isEqualTo(2);
    assertThat(generation.steps()).isEqualTo(2);
  }

  @Test
  void ends_with_the_models_own_end_which_is_no_part_of_the_text() {
    Generation generation = generate(new Counting(100), 50, 4);

    assertThat(generation.reason()).isEqualTo(StopReason.END_OF_TEXT);
    assertThat(generation.tokens()).containsExactly(5, 6);
  }

  @Test
  void ends_when_the_cache_is_full_with_the_token_that_needed_no_room() {
    Generation generation = generate(new Counting(3), 50, 0, 1);

    assertThat(generation.reason()).isEqualTo(StopReason.CACHE_FULL);
    assertThat(generation.tokens()).containsExactly(2, 3);
  }

  @Test
  void ends_where_the_model_gives_nan() {
    Generation generation = generate(new Counting(100), 50, 8);

    assertThat(generation.reason()).isEqualTo(StopReason.INVALID_LOGITS);
    assertThat(generation.tokens()).isEmpty();
  }

  @Test
  void no_tokens_wanted_gives_none() {
    assertThat(generate(new Counting(100), 0, 1).reason()).isEqualTo(StopReason.LENGTH);
    assertThat(streamed).isEmpty();
  }

  @Test
  void a_prompt_without_tokens_or_beyond_the_cache_is_refused() {
    assertThatThrownBy(() -> generate(new Counting(100), 5))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least one token");
    assertThatThrownBy(() -> generate(new Counting(2), 5, 1, 2, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("2 tokens, but has 3");
  }

  @Test
  void rates_are_tokens_per_second_of_prompt_and_steps() {
    AtomicLong clock = new AtomicLong();
    TextGenerator generator =
        new TextGenerator(
            new Counting(100),
            Sampler.greedy(),
            token -> false,
            () -> clock.getAndAdd(500_000_000));

    Generation generation = generator.generate(new int[] {0, 1, 2}, 3, token -> {});

    assertThat(generation.promptRate()).isCloseTo(6, within(1e-9));
    assertThat(generation.stepRate()).isCloseTo(4, within(1e-9));
  }
}
