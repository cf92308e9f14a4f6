package dev.llamark.verify.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FusedOrtModelTest {

  private static final int[] TOKENS = RandomModel.TOKENS;

  /** More than any batch: what lies behind the sequence must not matter. */
  private static final int ROOM = 7;

  @ParameterizedTest
  @EnumSource(RandomModel.class)
  void batchStepsAndBatchBehindThemAgreeWithTheModelInDouble(RandomModel model) {
    agrees(model.source());
  }

  @ParameterizedTest
  @ValueSource(strings = {"synthetic:probe", "synthetic:probe256:q8_0"})
  void syntheticModelAgreesWithTheModelInDouble(String model) {
    try (ModelSource source = ModelSources.open(model)) {
      agrees(source);
    }
  }

  private static void agrees(ModelSource source) {
    double[] expected = oracle(source);
    int vocab = source.config().vocab();
    try (FusedOrtModel fused =
        FusedOrtModel.of(source.config(), source.weights(), TOKENS.length + ROOM, 2)) {
      assertThat(nmse(fused.forward(Arrays.copyOf(TOKENS, 4)), expected, 3, vocab))
          .as("batch")
          .isLessThan(1e-11);
      for (int t = 4; t < TOKENS.length; t++) {
        assertThat(nmse(fused.forward(TOKENS[t]), expected, t, vocab))
            .as("step at %d", t)
            .isLessThan(1e-11);
      }
      fused.truncate(5);
      int[] rest = Arrays.copyOfRange(TOKENS, 5, TOKENS.length);
      assertThat(nmse(fused.forward(rest), expected, TOKENS.length - 1, vocab))
          .as("batch behind others")
          .isLessThan(1e-11);
    }
  }

  @Test
  void moreTokensThanItsPositionsAreRefused() {
    RandomModel model = RandomModel.PLAIN;
    try (FusedOrtModel fused = FusedOrtModel.of(model.config(), model.weights(), 2, 1)) {
      fused.forward(1);
      assertThatThrownBy(() -> fused.forward(1, 2))
          .hasMessageContaining("2 tokens after 1 do not fit into its 2 positions");
      assertThatThrownBy(() -> fused.truncate(2)).hasMessageContaining("0 to 1, its length");
    }
  }

  private static double[] oracle(ModelSource source) {
    try (ThreadTeam team = new ThreadTeam(2)) {
      return new OracleLlama(source.config(), source.weights(), team)
          .forward(TOKENS, OracleTapListener.NONE);
    }
  }

  private static double nmse(FloatBuffer got, double[] expected, int position, int vocab) {
    assertThat(got.remaining()).isEqualTo(vocab);
    double error = 0;
    double square = 0;
    for (int i = 0; i < vocab; i++) {
      double right = expected[position * vocab + i];
      error += (got.get(i) - right) * (got.get(i) - right);
      square += right * right;
    }
    return error / square;
  }
}
