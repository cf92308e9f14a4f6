package dev.llamark.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {

  private static double[] shares(Sampler sampler, float[] logits, int draws) {
    double[] shares = new double[logits.length];
    for (int i = 0; i < draws; i++) {
      shares[sampler.sample(logits)] += 1.0 / draws;
    }
    return shares;
  }

  private static float[] logs(double... probabilities) {
    float[] logits = new float[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(probabilities[i]);
    }
    return logits;
  }

  @Test
  void temperature_zero_takes_the_lowest_id_of_the_largest_logits() {
    assertThat(Sampler.greedy().sample(new float[] {-1, 3, 3, Float.NEGATIVE_INFINITY}))
        .isEqualTo(1);
    assertThat(Sampler.greedy().sample(new float[] {-3, -2, -4})).isEqualTo(1);
  }

  @Test
  void tokens_come_as_often_as_softmax_says() {
    double[] shares = shares(new Sampler(1, 1, 42), logs(0.5, 0.3, 0.2), 100_000);

    assertThat(shares[0]).isCloseTo(0.5, within(0.01));
    assertThat(shares[1]).isCloseTo(0.3, within(0.01));
    assertThat(shares[2]).isCloseTo(0.2, within(0.01));
  }

  @Test
  void temperature_divides_the_logits() {
    // probabilities to the power of 1 / 0.5, normalised: 0.64, 0.16 over 0.80
    double[] shares = shares(new Sampler(0.5, 1, 42), logs(0.8, 0.4), 100_000);

    assertThat(shares[0]).isCloseTo(0.8, within(0.01));
  }

  @Test
  void top_p_keeps_the_smallest_set_that_reaches_it() {
    float[] logits = logs(0.1, 0.5, 0.15, 0.25);

    double[] shares = shares(new Sampler(1, 0.7, 42), logits, 100_000);
    assertThat(shares[1]).isCloseTo(2.0 / 3, within(0.01));
    assertThat(shares[3]).isCloseTo(1.0 / 3, within(0.01));
    assertThat(shares[0] + shares[2]).isZero();
    assertThat(shares(new Sampler(1, 0.4, 42), logits, 1000)[1]).isCloseTo(1, within(1e-9));
  }

  @Test
  void top_p_below_all_probabilities_leaves_the_likeliest_of_lowest_id() {
    double[] shares = shares(new Sampler(1, 0.1, 42), new float[2], 1000);

    assertThat(shares[0]).isCloseTo(1, within(1e-9));
  }

  @Test
  void the_same_seed_gives_the_same_tokens_and_another_seed_others() {
    float[] logits = new float[1000];
    int[] first = draws(new Sampler(1, 0.9, 7), logits);

    assertThat(draws(new Sampler(1, 0.9, 7), logits)).isEqualTo(first);
    assertThat(draws(new Sampler(1, 0.9, 8), logits)).isNotEqualTo(first);
  }

  private static int[] draws(Sampler sampler, float[] logits) {
    return IntStream.range(0, 50).map(i -> sampler.sample(logits)).toArray();
  }

  @Test
  void huge_logits_do_not_overflow() {
    assertThat(new Sampler(0.01, 0.9, 1).sample(new float[] {-3e38f, 3e38f, 1})).isEqualTo(1);
  }

  @Test
  void nan_and_infinity_are_no_logits() {
    assertThat(Sampler.valid(new float[] {1, Float.NaN})).isFalse();
    assertThat(Sampler.valid(new float[] {1, Float.POSITIVE_INFINITY})).isFalse();
    assertThat(Sampler.valid(new float[] {Float.NEGATIVE_INFINITY})).isFalse();
    assertThat(Sampler.valid(new float[] {Float.NEGATIVE_INFINITY, 0})).isTrue();
    assertThatThrownBy(() -> Sampler.greedy().sample(new float[] {Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatThrownBy(() -> new Sampler(-1, 1, 0)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> new Sampler(Double.NaN, 1, 0)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> new Sampler(1, 0, 0)).hasMessageContaining("topP");
    assertThatThrownBy(() -> new Sampler(1, 1.1, 0)).hasMessageContaining("topP");
  }
}
