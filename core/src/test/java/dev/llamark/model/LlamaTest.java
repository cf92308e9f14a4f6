package dev.llamark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.kernel.Kernels;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleProvider;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass, on kernels that are surely right, against the same model in double. */
class LlamaTest {

  private static final ThreadTeam TEAM = ThreadTeam.single();
  private static final Kernels KERNELS = new OracleProvider().create(TEAM);
  private static final int[] TOKENS = TinyModel.TOKENS;

  static List<TinyModel> models() {
    return TinyModel.all();
  }

  @ParameterizedTest
  @MethodSource("models")
  void logits_are_those_of_the_model_in_double(TinyModel model) {
    double[] expected = oracle(model, OracleTapListener.NONE);
    try (Llama llama = llama(model)) {
      float[] logits = llama.forward(TOKENS, llama.newCache(16, DType.F32), Logits.ALL);
      assertThat(Nmse.of(logits, expected)).isLessThan(1e-12);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void an_f16_cache_costs_its_rounding_and_no_more(TinyModel model) {
    double[] expected = oracle(model, OracleTapListener.NONE);
    try (Llama llama = llama(model)) {
      float[] logits = llama.forward(TOKENS, llama.newCache(16, DType.F16), Logits.ALL);
      assertThat(Nmse.of(logits, expected)).isBetween(1e-11, 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void one_batch_small_batches_and_token_by_token_agree(TinyModel model) {
    float[] whole;
    try (Llama llama = llama(model)) {
      whole = llama.forward(TOKENS, llama.newCache(11, DType.F32), Logits.ALL);
    }
    try (Llama threes = Llama.of(model.config(), model.weights(), KERNELS, 3)) {
      assertThat(threes.forward(TOKENS, threes.newCache(64, DType.F32), Logits.ALL))
          .isEqualTo(whole);

      KvCache cache = threes.newCache(11, DType.F32);
      for (int t = 0; t < TOKENS.length; t++) {
        float[] logits = threes.forward(new int[] {TOKENS[t]}, cache, Logits.LAST);
        assertThat(logits).isEqualTo(row(whole, t));
        assertThat(cache.length()).isEqualTo(t + 1);
      }
    }
  }

  @Test
  void last_gives_the_last_row_of_all() {
    TinyModel model = TinyModel.grouped();
    try (Llama llama = Llama.of(model.config(), model.weights(), KERNELS, 4)) {
      float[] all = llama.forward(TOKENS, llama.newCache(16, DType.F32), Logits.ALL);
      float[] last = llama.forward(TOKENS, llama.newCache(16, DType.F32), Logits.LAST);
      assertThat(last).isEqualTo(row(all, TOKENS.length - 1));
    }
  }

  @Test
  void for_the_last_token_alone_the_last_block_shows_no_more_than_it() {
    TinyModel model = TinyModel.grouped();
    List<String> seen = new ArrayList<>();
    try (Llama llama = Llama.of(model.config(), model.weights(), KERNELS, 6)) {
      llama.forward(
          TOKENS,
          llama.newCache(16, DType.F32),
          Logits.LAST,
          (tap, layer, v, rows, columns) -> seen.add(tap + " " + layer + " " + rows));
    }
    assertThat(seen)
        .containsOnlyOnce("FINAL_NORM -1 1", "LOGITS -1 1", "ATTENTION 2 1", "DOWN 2 1")
        .contains("ROTATED_KEY 2 6", "ROTATED_KEY 2 5", "DOWN 1 6", "DOWN 1 5")
        .doesNotContain("ATTENTION 2 6", "ATTENTION 2 5", "FINAL_NORM -1 6");
  }

  @Test
  void a_truncated_cache_continues_as_if_nothing_had_followed() {
    try (Llama llama = llama(TinyModel.plain())) {
      KvCache cache = llama.newCache(16, DType.F32);
      float[] all = llama.forward(TOKENS, cache, Logits.ALL);
      cache.truncate(4);
      llama.forward(new int[] {9, 9, 9}, cache, Logits.LAST);
      cache.truncate(4);
      int[] rest = Arrays.copyOfRange(TOKENS, 4, TOKENS.length);
      assertThat(llama.forward(rest, cache, Logits.LAST)).isEqualTo(row(all, TOKENS.length - 1));
      cache.reset();
      assertThat(llama.forward(TOKENS, cache, Logits.ALL)).isEqualTo(all);
    }
  }

  @Test
  void taps_come_in_order_and_with_their_shapes() {
    record Seen(Tap tap, int layer, int rows, int columns) {}
    TinyModel model = TinyModel.grouped();
    LlamaConfig c = model.config();
    List<Seen> expected = new ArrayList<>();
    for (int rows : new int[] {8, 3}) {
      expected.add(new Seen(Tap.EMBEDDING, -1, rows, c.hidden()));
      for (int layer = 0; layer < c.layers(); layer++) {
        expected.add(new Seen(Tap.ATTENTION_NORM, layer, rows, c.hidden()));
        expected.add(new Seen(Tap.QUERY, layer, rows, 24));
        expected.add(new Seen(Tap.KEY, layer, rows, 12));
        expected.add(new Seen(Tap.VALUE, layer, rows, 12));
        expected.add(new Seen(Tap.ROTATED_QUERY, layer, rows, 24));
        expected.add(new Seen(Tap.ROTATED_KEY, layer, rows, 12));
        expected.add(new Seen(Tap.ATTENTION, layer, rows, 24));
        expected.add(new Seen(Tap.PROJECTION, layer, rows, c.hidden()));
        expected.add(new Seen(Tap.ATTENTION_RESIDUAL, layer, rows, c.hidden()));
        expected.add(new Seen(Tap.FFN_NORM, layer, rows, c.hidden()));
        expected.add(new Seen(Tap.GATE, layer, rows, c.ffn()));
        expected.add(new Seen(Tap.UP, layer, rows, c.ffn()));
        expected.add(new Seen(Tap.ACTIVATION, layer, rows, c.ffn()));
        expected.add(new Seen(Tap.DOWN, layer, rows, c.hidden()));
        expected.add(new Seen(Tap.FFN_RESIDUAL, layer, rows, c.hidden()));
      }
      expected.add(new Seen(Tap.FINAL_NORM, -1, rows, c.hidden()));
      expected.add(new Seen(Tap.LOGITS, -1, rows, c.vocab()));
    }
    List<Seen> seen = new ArrayList<>();
    try (Llama llama = Llama.of(c, model.weights(), KERNELS, 8)) {
      KvCache cache = llama.newCache(16, DType.F32);
      llama.forward(
          TOKENS, cache, Logits.ALL, (t, l, v, r, columns) -> seen.add(new Seen(t, l, r, columns)));
    }
    assertThat(seen).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("models")
  void every_tap_shows_what_the_model_in_double_shows(TinyModel model) {
    compareTaps(model, 0);
  }

  @Test
  void a_sequence_that_begins_late_is_rotated_by_its_positions() {
    compareTaps(TinyModel.grouped(), 131_000);
    try (Llama llama = llama(TinyModel.grouped())) {
      float[] early = rotatedKeys(llama, llama.newCache(11, DType.F32));
      float[] late = rotatedKeys(llama, llama.newCache(11, DType.F32, 131_000));
      assertThat(Arrays.mismatch(early, late)).isBetween(0, 5); // already the first head differs
    }
  }

  @ParameterizedTest
  @MethodSource("scalingsByLength")
  void scalings_that_depend_on_the_length_go_by_the_capacity_of_the_cache(RopeScaling scaling) {
    TinyModel model = TinyModel.grouped();
    LlamaConfig config = model.config(scaling);
    OracleLlama oracle = new OracleLlama(config, model.weights(), TEAM);
    try (Llama llama = Llama.of(config, model.weights(), KERNELS)) {
      List<float[]> all = new ArrayList<>();
      for (int capacity : new int[] {64, 16}) { // the long table must not serve the short sequence
        float[] logits = llama.forward(TOKENS, llama.newCache(capacity, DType.F32), Logits.ALL);
        double[] expected = oracle.forward(TOKENS, 0, capacity, OracleTapListener.NONE);
        assertThat(Nmse.of(logits, expected)).isLessThan(1e-12);
        all.add(logits);
      }
      assertThat(all.get(0)).isNotEqualTo(all.get(1));
    }
  }

  static List<RopeScaling> scalingsByLength() {
    return List.of(
        new RopeScaling.Dynamic(4, 16),
        new RopeScaling.LongRope(List.of(1.0, 1.5, 2.0), List.of(2.0, 8.0, 32.0), 16, 1.19));
  }

  private static float[] rotatedKeys(Llama llama, KvCache cache) {
    llama.forward(TOKENS, cache, Logits.LAST);
    return cache.layer(0).keys();
  }

  private static void compareTaps(TinyModel model, int firstPosition) {
    List<double[]> expected = new ArrayList<>();
    new OracleLlama(model.config(), model.weights(), TEAM)
        .forward(
            TOKENS,
            firstPosition,
            firstPosition + 16,
            (tap, layer, v, r, c) -> expected.add(v.clone()));
    List<float[]> seen = new ArrayList<>();
    try (Llama llama = llama(model)) {
      llama.forward(
          TOKENS,
          llama.newCache(16, DType.F32, firstPosition),
          Logits.ALL,
          (tap, layer, values, rows, columns) -> seen.add(Arrays.copyOf(values, rows * columns)));
    }
    assertThat(seen).hasSameSizeAs(expected);
    for (int i = 0; i < seen.size(); i++) {
      assertThat(Nmse.of(seen.get(i), expected.get(i))).as("tap %d", i).isLessThan(1e-12);
    }
  }

  @ParameterizedTest
  @EnumSource(Tap.class)
  void what_a_listener_writes_is_what_the_next_step_reads(Tap overwritten) {
    TinyModel model = TinyModel.grouped();
    int at = overwritten.inLayer() ? 1 : -1;
    double[] expected =
        oracle(
            model,
            (tap, layer, values, rows, columns) -> {
              if (tap == overwritten && layer == at) {
                for (int i = 0; i < rows * columns; i++) {
                  values[i] = invented(i);
                }
              }
            });
    try (Llama llama = llama(model)) {
      float[] logits =
          llama.forward(
              TOKENS,
              llama.newCache(16, DType.F32),
              Logits.ALL,
              (tap, layer, values, rows, columns) -> {
                if (tap == overwritten && layer == at) {
                  for (int i = 0; i < rows * columns; i++) {
                    values[i] = invented(i);
                  }
                }
              });
      assertThat(Nmse.of(logits, expected)).isLessThan(1e-12);
      assertThat(Nmse.of(logits, oracle(model, OracleTapListener.NONE))).isGreaterThan(1e-3);
    }
  }

  /** Some value that no step would give. */
  private static float invented(int i) {
    return (i * 37 % 101 - 50) / 32f;
  }

  @Test
  void tokens_that_are_not_in_the_vocabulary_are_refused() {
    try (Llama llama = llama(TinyModel.plain())) {
      KvCache cache = llama.newCache(16, DType.F32);
      assertThatThrownBy(() -> llama.forward(new int[] {3, 41}, cache, Logits.LAST))
          .isInstanceOf(InputException.class)
          .hasMessage("token 2 must be an id from 0 to 40, the vocabulary's last, but is 41");
      assertThatThrownBy(() -> llama.forward(new int[] {-1}, cache, Logits.LAST))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("but is -1");
      assertThatThrownBy(() -> llama.forward(new int[0], cache, Logits.LAST))
          .isInstanceOf(InputException.class);
      assertThat(cache.length()).isZero();
    }
  }

  @Test
  void a_full_cache_is_refused_before_anything_is_computed() {
    try (Llama llama = llama(TinyModel.plain())) {
      KvCache cache = llama.newCache(5, DType.F32);
      llama.forward(new int[] {1, 2, 3}, cache, Logits.LAST);
      assertThatThrownBy(() -> llama.forward(new int[] {4, 5, 6}, cache, Logits.LAST))
          .isInstanceOf(InputException.class)
          .hasMessage("KV cache: 3 tokens after 3 do not fit into its 5 positions");
      assertThat(cache.length()).isEqualTo(3);
      assertThat(llama.forward(new int[] {4, 5}, cache, Logits.LAST)).doesNotContain(Float.NaN);
    }
  }

  @Test
  void caches_that_cannot_be_are_refused() {
    try (Llama llama = llama(TinyModel.plain())) {
      assertThatThrownBy(() -> llama.newCache(0, DType.F32)).isInstanceOf(InputException.class);
      assertThatThrownBy(() -> llama.newCache(Integer.MAX_VALUE, DType.F32))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("but are 2147483647");
      assertThatThrownBy(() -> llama.newCache(4, DType.Q8_0))
          .isInstanceOf(InputException.class)
          .hasMessage("KV cache: type must be f32 or f16, but is q8_0");
    }
  }

  @Test
  void weights_of_another_shape_are_refused_by_name() {
    TinyModel model = TinyModel.plain();
    LlamaWeights weights = model.weights();
    Matrix narrow = Matrix.of("head.weight", 41, 10, new float[410]);
    assertThatThrownBy(
            () ->
                Llama.of(
                    model.config(),
                    new LlamaWeights(
                        weights.embedding(), weights.layers(), weights.finalNorm(), narrow),
                    KERNELS))
        .isInstanceOf(InputException.class)
        .hasMessage("head.weight: must be 41 x 20, but is 41 x 10");
  }

  @Test
  void greedy_decoding_takes_the_largest_logit_of_each_position() {
    TinyModel model = TinyModel.qwen3();
    int[] prompt = {1, 5};
    try (Llama llama = llama(model)) {
      int[] decoded = Greedy.decode(llama, prompt, 12, DType.F32);
      int[] sequence = Arrays.copyOf(prompt, 14);
      System.arraycopy(decoded, 0, sequence, 2, 12);
      double[] logits =
          new OracleLlama(model.config(), model.weights(), TEAM)
              .forward(sequence, OracleTapListener.NONE);
      for (int i = 1; i < 13; i++) {
        double[] row = Arrays.copyOfRange(logits, i * 41, (i + 1) * 41);
        assertThat(row[sequence[i + 1]]).isEqualTo(Arrays.stream(row).max().getAsDouble());
      }
    }
  }

  @Test
  void of_equal_logits_the_lowest_index_wins() {
    assertThat(Greedy.argmax(new float[] {9, Float.NaN, 1, 3, 2, 3}, 1, 5)).isEqualTo(2);
    assertThat(Greedy.argmax(new float[] {0, 0}, 0, 2)).isZero();
  }

  private static Llama llama(TinyModel model) {
    return Llama.of(model.config(), model.weights(), KERNELS);
  }

  private static double[] oracle(TinyModel model, OracleTapListener taps) {
    return new OracleLlama(model.config(), model.weights(), TEAM).forward(TOKENS, taps);
  }

  private static float[] row(float[] logits, int row) {
    return Nmse.row(logits, row, TinyModel.VOCAB);
  }
}
