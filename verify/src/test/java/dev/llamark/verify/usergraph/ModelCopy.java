package dev.llamark.verify.usergraph;

import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A model as an exporter sees it: its heads in halves, whatever the file they came from; and with
 * faults, where a test wants them.
 */
record ModelCopy(LlamaConfig config, LlamaWeights weights) {

  static ModelCopy of(ModelSource source) {
    LlamaConfig config = source.config();
    LlamaWeights weights = source.weights();
    ModelCopy copy = new ModelCopy(config, weights);
    return config.pairing() == Pairing.HALVES ? copy : copy.inHalves();
  }

  /** As the transformation from Hugging Face to GGUF, backwards. */
  private ModelCopy inHalves() {
    ModelCopy copy = this;
    for (int l = 0; l < config.layers(); l++) {
      copy =
          copy.withLayer(
              l,
              w ->
                  new LlamaWeights.Layer(
                      w.attentionNorm(),
                      inHalves(w.query()),
                      inHalves(w.key()),
                      w.value(),
                      w.queryBias(),
                      w.keyBias(),
                      w.valueBias(),
                      w.queryNorm(),
                      w.keyNorm(),
                      w.attentionOutput(),
                      w.ffnNorm(),
                      w.gate(),
                      w.up(),
                      w.down()));
    }
    return copy;
  }

  private Matrix inHalves(Matrix matrix) {
    int dim = config.headDim();
    float[] rows = new float[matrix.rows() * matrix.columns()];
    for (int r = 0; r < matrix.rows(); r++) {
      int inHead = r % dim;
      int to = r - inHead + (inHead % 2) * dim / 2 + inHead / 2;
      matrix.decodeRow(r, rows, to * matrix.columns());
    }
    return Matrix.of(matrix.name(), matrix.rows(), matrix.columns(), rows);
  }

  ModelCopy withLayer(int layer, UnaryOperator<LlamaWeights.Layer> change) {
    List<LlamaWeights.Layer> layers = new ArrayList<>(weights.layers());
    layers.set(layer, change.apply(layers.get(layer)));
    return new ModelCopy(
        config,
        new LlamaWeights(weights.embedding(), layers, weights.finalNorm(), weights.output()));
  }

  ModelCopy withRotation(double theta, RopeScaling scaling) {
    return with(theta, config.epsilon(), scaling);
  }

  ModelCopy withEpsilon(float epsilon) {
    return with(config.theta(), epsilon, config.scaling());
  }

  private ModelCopy with(double theta, float epsilon, RopeScaling scaling) {
    LlamaConfig c = config;
    return new ModelCopy(
        new LlamaConfig(
            c.architecture(),
            c.hidden(),
            c.ffn(),
            c.layers(),
            c.heads(),
            c.kvHeads(),
            c.headDim(),
            c.vocab(),
            c.context(),
            c.rotaryDim(),
            theta,
            epsilon,
            scaling,
            c.pairing()),
        weights);
  }

  /** A layer whose gate and up matrices are exchanged. */
  static LlamaWeights.Layer gateAndUpExchanged(LlamaWeights.Layer w) {
    return withMatrices(w, w.query(), w.up(), w.gate(), w.down());
  }

  /** A layer whose query matrix, which must be square, is transposed. */
  static LlamaWeights.Layer queryTransposed(LlamaWeights.Layer w) {
    return withMatrices(w, transposed(w.query()), w.gate(), w.up(), w.down());
  }

  /** A layer whose scores are 16 times as large. */
  static LlamaWeights.Layer queryTimes16(LlamaWeights.Layer w) {
    float[] values = rowsFirst(w.query());
    for (int i = 0; i < values.length; i++) {
      values[i] *= 16;
    }
    Matrix query = Matrix.of("query", w.query().rows(), w.query().columns(), values);
    return withMatrices(w, query, w.gate(), w.up(), w.down());
  }

  private static LlamaWeights.Layer withMatrices(
      LlamaWeights.Layer w, Matrix query, Matrix gate, Matrix up, Matrix down) {
    return new LlamaWeights.Layer(
        w.attentionNorm(),
        query,
        w.key(),
        w.value(),
        w.queryBias(),
        w.keyBias(),
        w.valueBias(),
        w.queryNorm(),
        w.keyNorm(),
        w.attentionOutput(),
        w.ffnNorm(),
        gate,
        up,
        down);
  }

  private static Matrix transposed(Matrix matrix) {
    return Matrix.of(matrix.name(), matrix.columns(), matrix.rows(), columnsFirst(matrix));
  }

  /** The elements of a matrix, (columns × rows), as exporters write the weights of a MatMul. */
  static float[] columnsFirst(Matrix matrix) {
    float[] row = new float[matrix.columns()];
    float[] turned = new float[matrix.rows() * matrix.columns()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.decodeRow(r, row, 0);
      for (int c = 0; c < row.length; c++) {
        turned[c * matrix.rows() + r] = row[c];
      }
    }
    return turned;
  }

  /** The elements of a matrix, (rows × columns). */
  static float[] rowsFirst(Matrix matrix) {
    float[] all = new float[matrix.rows() * matrix.columns()];
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.decodeRow(r, all, r * matrix.columns());
    }
    return all;
  }
}
