package dev.llamark.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Tap;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.InputException;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.Matrix;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The model in double, on a model of two elements that is computed by hand. */
class OracleLlamaTest {

  private static final double EPSILON = 0.25f;
  private static final double THETA = 10000;

  private static LlamaConfig config() {
    return new LlamaConfig(
        "llama",
        2,
        1,
        1,
        1,
        1,
        2,
        3,
        8,
        2,
        THETA,
        (float) EPSILON,
        new RopeScaling.None(),
        Pairing.HALVES);
  }

  /** Embeddings (3, 4), (0, 0) and (1, −1); everything else is the identity or simple numbers. */
  private static LlamaWeights weights() {
    float[] none = {};
    Matrix embedding = Matrix.of("embedding", 3, 2, new float[] {3, 4, 0, 0, 1, -1});
    Matrix identity = Matrix.of("identity", 2, 2, new float[] {1, 0, 0, 1});
    LlamaWeights.Layer layer =
        new LlamaWeights.Layer(
            new float[] {1, 1},
            identity,
            identity,
            identity,
            none,
            none,
            none,
            none,
            none,
            identity,
            new float[] {1, 2},
            Matrix.of("gate", 1, 2, new float[] {1, 0}),
            Matrix.of("up", 1, 2, new float[] {0, 1}),
            Matrix.of("down", 2, 1, new float[] {1, -1}));
    return new LlamaWeights(embedding, List.of(layer), new float[] {1, 1}, embedding);
  }

  private static Map<Tap, double[]> taps(OracleLlama llama, int first, int... tokens) {
    Map<Tap, double[]> seen = new EnumMap<>(Tap.class);
    llama.forward(
        tokens, first, 8, (tap, layer, values, rows, columns) -> seen.put(tap, values.clone()));
    return seen;
  }

  private static OracleLlama llama(Arithmetic arithmetic) {
    return new OracleLlama(config(), weights(), ThreadTeam.single(), arithmetic);
  }

  @Test
  void one_token_goes_through_the_block_as_by_hand() {
    Map<Tap, double[]> seen = taps(llama(Arithmetic.FLOAT), 0, 0);
    double root = Math.sqrt(12.5 + 0.25);
    assertThat(seen.get(Tap.EMBEDDING)).containsExactly(3, 4);
    near(seen.get(Tap.ATTENTION_NORM), 3 / root, 4 / root);
    near(seen.get(Tap.ROTATED_QUERY), 3 / root, 4 / root); // position 0 turns nothing
    near(seen.get(Tap.ATTENTION), 3 / root, 4 / root); // one key: its value
    double a = 3 + 3 / root;
    double b = 4 + 4 / root;
    near(seen.get(Tap.ATTENTION_RESIDUAL), a, b);
    double ffnRoot = Math.sqrt((a * a + b * b) / 2 + 0.25);
    double gate = a / ffnRoot;
    double up = 2 * b / ffnRoot;
    double activation = gate / (1 + Math.exp(-gate)) * up;
    near(seen.get(Tap.ACTIVATION), activation);
    double c = a + activation;
    double d = b - activation;
    near(seen.get(Tap.FFN_RESIDUAL), c, d);
    double finalRoot = Math.sqrt((c * c + d * d) / 2 + 0.25);
    double e = c / finalRoot;
    double f = d / finalRoot;
    near(seen.get(Tap.LOGITS), 3 * e + 4 * f, 0, e - f);
  }

  @Test
  void the_second_token_is_turned_and_attends_to_both() {
    Map<Tap, double[]> seen = taps(llama(Arithmetic.FLOAT), 0, 0, 2);
    double root = Math.sqrt(1.25);
    double x = 1 / root;
    double qa = x * Math.cos(1) + x * Math.sin(1);
    double qb = -x * Math.cos(1) + x * Math.sin(1);
    double[] rotated = seen.get(Tap.ROTATED_QUERY);
    near(new double[] {rotated[2], rotated[3]}, qa, qb);

    double first = Math.sqrt(12.75);
    double score0 = (qa * 3 / first + qb * 4 / first) / Math.sqrt(2);
    double score1 = (qa * qa + qb * qb) / Math.sqrt(2);
    double p = 1 / (1 + Math.exp(score1 - score0));
    double[] attention = seen.get(Tap.ATTENTION);
    near(
        new double[] {attention[2], attention[3]},
        p * 3 / first + (1 - p) * x,
        p * 4 / first - (1 - p) * x);
  }

  @Test
  void a_later_first_position_turns_further() {
    double root = Math.sqrt(1.25);
    double[] rotated = taps(llama(Arithmetic.FLOAT), 5, 2).get(Tap.ROTATED_KEY);
    near(rotated, (Math.cos(5) + Math.sin(5)) / root, (-Math.cos(5) + Math.sin(5)) / root);
  }

  @Test
  void int8_activations_round_what_the_linear_layers_read() {
    Map<Tap, double[]> seen = taps(llama(Arithmetic.INT8_ACTIVATIONS), 0, 0);
    double root = Math.sqrt(12.75);
    near(seen.get(Tap.ATTENTION_NORM), 3 / root, 4 / root); // the norm itself is not rounded
    double step = Float.float16ToFloat(Float.floatToFloat16((float) (4 / root / 127)));
    assertThat(seen.get(Tap.QUERY)[0]).isCloseTo(95 * step, within()); // 3/4 · 127 = 95.25
    assertThat(seen.get(Tap.QUERY)[1]).isCloseTo(127 * step, within());
  }

  @Test
  void positions_beyond_the_sequence_and_unknown_tokens_are_refused() {
    OracleLlama llama = llama(Arithmetic.FLOAT);
    assertThatThrownBy(() -> llama.forward(new int[] {0, 1}, 7, 8, OracleTapListener.NONE))
        .hasMessage("OracleLlama: positions 7 to 8 must lie within the sequence's 8");
    assertThatThrownBy(() -> llama.forward(new int[] {3}, OracleTapListener.NONE))
        .isInstanceOf(InputException.class)
        .hasMessage("token 1 must be an id from 0 to 2, the vocabulary's last, but is 3");
  }

  private static Offset<Double> within() {
    return offset(1e-7);
  }

  private static void near(double[] actual, double... expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], offset(1e-14));
    }
  }
}
