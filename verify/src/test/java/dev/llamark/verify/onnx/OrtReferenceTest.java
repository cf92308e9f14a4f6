package dev.llamark.verify.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.onnx.OrtReference.Form;
import dev.llamark.verify.onnx.OrtRuntime.Settings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrtReferenceTest {

  private static final int[] TOKENS = RandomModel.TOKENS;

  @Test
  void aModelOfOneLayerGivesTheLogitsComputedOnPaper() {
    LlamaConfig config =
        new LlamaConfig(
            "llama", 2, 2, 1, 1, 1, 2, 3, 8, 2, 1e4, 0, new RopeScaling.None(), Pairing.HALVES);
    float root = (float) Math.sqrt(12.5); // root mean square of (3, 4) and of (4, −3)
    float[] none = {};
    Matrix zero = Matrix.of("zero", 2, 2, new float[4]);
    Matrix one = Matrix.of("one", 2, 2, new float[] {1, 0, 0, 1});
    var layer =
        new LlamaWeights.Layer(
            new float[] {root, root},
            zero,
            one,
            one,
            none,
            none,
            none,
            none,
            none,
            one,
            new float[] {1, 1},
            zero,
            one,
            one);
    float finalWeight = (float) Math.sqrt(50);
    LlamaWeights weights =
        new LlamaWeights(
            Matrix.of("embedding", 3, 2, new float[] {0, 0, 3, 4, 4, -3}),
            List.of(layer),
            new float[] {finalWeight, finalWeight},
            Matrix.of("output", 3, 2, new float[] {1, 0, 0, 1, 1, 1}));
    try (OrtWeights inputs = OrtWeights.of(config, weights);
        OrtReference reference = OrtReference.of(inputs, Form.oracle(2))) {
      // Token 1 sees itself: stream (3, 4) + (3, 4), of root mean square √50
      assertThat(reference.forward(1)).containsExactly(new float[] {6, 8, 14}, near());
      // Queries are 0, so token 2 sees the mean of both: (4, −3) + (3.5, 0.5) = (7.5, −2.5)
      double unit = Math.sqrt(50) / Math.sqrt((7.5 * 7.5 + 2.5 * 2.5) / 2);
      assertThat(reference.forward(2))
          .containsExactly(
              new float[] {(float) (7.5 * unit), (float) (-2.5 * unit), (float) (5 * unit)},
              near());
    }
  }

  private static org.assertj.core.data.Offset<Float> near() {
    return within(4e-6f);
  }

  @ParameterizedTest
  @EnumSource(RandomModel.class)
  void everyStepAgreesWithTheModelInDoubleInBothForms(RandomModel model) {
    Map<TapPoint, double[]> expected = oracle(model);
    for (int opset : new int[] {OrtReference.PRIMITIVES, OrtReference.OPERATORS}) {
      Form form =
          Form.oracle(TOKENS.length).withOpset(opset).withTaps(TapPoint.all(model.config()));
      try (OrtWeights inputs = OrtWeights.of(model.config(), model.weights());
          OrtReference reference = OrtReference.of(inputs, form)) {
        OrtReference.Output output = reference.forwardWithTaps(TOKENS);
        assertThat(output.taps().keySet()).isEqualTo(expected.keySet());
        expected.forEach(
            (tap, values) ->
                assertThat(nmse(output.taps().get(tap), values))
                    .as("opset %d, %s", opset, tap.title())
                    .isLessThan(1e-11));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RandomModel.class)
  void tokenByTokenThroughTheCacheIsAsOneBatch(RandomModel model) {
    double[] expected = oracle(model).get(new TapPoint(dev.llamark.model.Tap.LOGITS, -1));
    int vocab = model.config().vocab();
    Form form = Form.oracle(TOKENS.length);
    try (OrtWeights inputs = OrtWeights.of(model.config(), model.weights());
        OrtReference reference = OrtReference.of(inputs, form)) {
      float[] logits = new float[TOKENS.length * vocab];
      float[] batch = reference.forward(Arrays.copyOf(TOKENS, 4));
      System.arraycopy(batch, 0, logits, 0, batch.length);
      for (int t = 4; t < TOKENS.length; t++) {
        System.arraycopy(reference.forward(TOKENS[t]), 0, logits, t * vocab, vocab);
      }
      assertThat(nmse(logits, expected)).isLessThan(1e-11);
      reference.reset();
      assertThat(reference.length()).isZero();
      assertThat(reference.forward(TOKENS[0]))
          .containsExactly(Arrays.copyOf(logits, vocab), near());
    }
  }

  @Test
  void matricesOfSeveralPartsGiveTheSameLogits() {
    for (RandomModel model : List.of(RandomModel.PLAIN, RandomModel.GROUPED_AND_TIED)) {
      Form form = Form.oracle(TOKENS.length);
      try (OrtWeights inputs = OrtWeights.of(model.config(), model.weights());
          OrtWeights sevenRows = OrtWeights.of(model.config(), model.weights(), 7 * 80);
          OrtReference whole = OrtReference.of(inputs, form);
          OrtReference parts = OrtReference.of(sevenRows, form)) {
        float[] logits = whole.forward(TOKENS);
        assertThat(parts.forward(TOKENS)).containsExactly(logits, within(1e-6f));
      }
    }
  }

  @Test
  void weightsOfAnotherTypeAreDecodedToTheSameFloats() {
    RandomModel model = RandomModel.GROUPED_AND_TIED;
    LlamaWeights cut = withMatrices(model.weights(), m -> cutToBfloat(m, DType.F32));
    LlamaWeights bfloats = withMatrices(model.weights(), m -> cutToBfloat(m, DType.BF16));
    Form form = Form.oracle(TOKENS.length);
    try (OrtWeights floatInputs = OrtWeights.of(model.config(), cut);
        OrtWeights decodedInputs = OrtWeights.of(model.config(), bfloats);
        OrtReference floats = OrtReference.of(floatInputs, form);
        OrtReference decoded = OrtReference.of(decodedInputs, form)) {
      assertThat(decoded.forward(TOKENS)).containsExactly(floats.forward(TOKENS));
    }
  }

  /** The upper halves of a matrix's floats: as bfloat16, or as floats of the same values. */
  private static Matrix cutToBfloat(Matrix matrix, DType dtype) {
    int columns = matrix.columns();
    MemorySegment data = Arena.ofAuto().allocate(dtype.bytes((long) matrix.rows() * columns), 64);
    float[] row = new float[columns];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.decodeRow(r, row, 0);
      for (int c = 0; c < columns; c++) {
        int bits = Float.floatToRawIntBits(row[c]) >>> 16;
        long at = (long) r * columns + c;
        if (dtype == DType.BF16) {
          data.setAtIndex(ValueLayout.JAVA_SHORT, at, (short) bits);
        } else {
          data.setAtIndex(ValueLayout.JAVA_INT, at, bits << 16);
        }
      }
    }
    return new Matrix(matrix.name(), dtype, matrix.rows(), columns, data);
  }

  private static LlamaWeights withMatrices(LlamaWeights w, UnaryOperator<Matrix> change) {
    List<LlamaWeights.Layer> layers =
        w.layers().stream()
            .map(
                l ->
                    new LlamaWeights.Layer(
                        l.attentionNorm(),
                        change.apply(l.query()),
                        change.apply(l.key()),
                        change.apply(l.value()),
                        l.queryBias(),
                        l.keyBias(),
                        l.valueBias(),
                        l.queryNorm(),
                        l.keyNorm(),
                        change.apply(l.attentionOutput()),
                        l.ffnNorm(),
                        change.apply(l.gate()),
                        change.apply(l.up()),
                        change.apply(l.down())))
            .toList();
    Matrix embedding = change.apply(w.embedding());
    Matrix output = w.tied() ? embedding : change.apply(w.output());
    return new LlamaWeights(embedding, layers, w.finalNorm(), output);
  }

  @Test
  void tapsChangeNoBitOfTheLogits() {
    RandomModel model = RandomModel.BIASED;
    Form form = Form.oracle(TOKENS.length);
    Form tapped = form.withTaps(TapPoint.all(model.config()));
    try (OrtWeights inputs = OrtWeights.of(model.config(), model.weights());
        OrtReference plain = OrtReference.of(inputs, form);
        OrtReference watched = OrtReference.of(inputs, tapped)) {
      assertThat(watched.forwardWithTaps(TOKENS).logits()).containsExactly(plain.forward(TOKENS));
    }
  }

  @Test
  void theRewrittenGraphAgreesWithinNoise() {
    RandomModel model = RandomModel.PLAIN;
    double[] expected = oracle(model).get(new TapPoint(dev.llamark.model.Tap.LOGITS, -1));
    Form fast =
        Form.oracle(TOKENS.length).withSettings(Settings.oracle().withLevel(OptLevel.ALL_OPT));
    try (OrtWeights inputs = OrtWeights.of(model.config(), model.weights());
        OrtReference reference = OrtReference.of(inputs, fast)) {
      assertThat(nmse(reference.forward(TOKENS), expected)).isLessThan(1e-11);
    }
  }

  @Test
  void moreTokensThanItsPositionsAreRefused() {
    RandomModel model = RandomModel.PLAIN;
    try (OrtWeights inputs = OrtWeights.of(model.config(), model.weights());
        OrtReference reference = OrtReference.of(inputs, Form.oracle(2))) {
      reference.forward(1);
      assertThatThrownBy(() -> reference.forward(1, 2))
          .hasMessageContaining("2 tokens after 1 do not fit into its 2 positions");
    }
  }

  private static Map<TapPoint, double[]> oracle(RandomModel model) {
    Map<TapPoint, double[]> values = new HashMap<>();
    OracleTapListener listener =
        (tap, layer, array, _, _) -> values.put(new TapPoint(tap, layer), array.clone());
    try (ThreadTeam team = ThreadTeam.single()) {
      new OracleLlama(model.config(), model.weights(), team).forward(TOKENS, listener);
    }
    return values;
  }

  private static double nmse(float[] got, double[] expected) {
    assertThat(got).hasSameSizeAs(expected);
    double error = 0;
    double square = 0;
    for (int i = 0; i < got.length; i++) {
      error += (got[i] - expected[i]) * (got[i] - expected[i]);
      square += expected[i] * expected[i];
    }
    return error / square;
  }
}
