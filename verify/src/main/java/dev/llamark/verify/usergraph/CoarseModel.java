package dev.llamark.verify.usergraph;

import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A model with what a graph's precision costs, so that it can be measured instead of guessed:
 * matrices rounded to a few bits in blocks (to the nearest, symmetrically), weights and results of
 * all steps rounded to halves.
 */
final class CoarseModel {

  private final GraphPrecision precision;

  CoarseModel(GraphPrecision precision) {
    this.precision = precision;
  }

  /** The weights with their losses; they are freed with the arena. */
  LlamaWeights weights(LlamaWeights w, Arena arena) {
    List<LlamaWeights.Layer> layers = w.layers().stream().map(l -> layer(l, arena)).toList();
    return new LlamaWeights(
        matrix(w.embedding(), 0, arena),
        layers,
        rounded(w.finalNorm()),
        matrix(w.output(), precision.weightBits(), arena));
  }

  private LlamaWeights.Layer layer(LlamaWeights.Layer l, Arena arena) {
    int bits = precision.weightBits();
    return new LlamaWeights.Layer(
        rounded(l.attentionNorm()),
        matrix(l.query(), bits, arena),
        matrix(l.key(), bits, arena),
        matrix(l.value(), bits, arena),
        rounded(l.queryBias()),
        rounded(l.keyBias()),
        rounded(l.valueBias()),
        rounded(l.queryNorm()),
        rounded(l.keyNorm()),
        matrix(l.attentionOutput(), bits, arena),
        rounded(l.ffnNorm()),
        matrix(l.gate(), bits, arena),
        matrix(l.up(), bits, arena),
        matrix(l.down(), bits, arena));
  }

  /** A copy in halves, which lose little beside so few bits; itself where it loses nothing. */
  private Matrix matrix(Matrix matrix, int bits, Arena arena) {
    if (bits == 0 && precision.activations() == DType.F32) {
      return matrix;
    }
    DType type = bits == 0 ? precision.activations() : DType.F16;
    Matrix copy = Matrix.allocate(matrix.name(), type, matrix.rows(), matrix.columns(), arena);
    float[] row = new float[matrix.columns()];
    int block = precision.block() == 0 ? row.length : precision.block();
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.decodeRow(r, row, 0);
      for (int from = 0; bits > 0 && from < row.length; from += block) {
        quantise(row, from, Math.min(row.length, from + block), bits);
      }
      copy.encodeRow(r, row, 0);
    }
    return copy;
  }

  /** Rounds to whole multiples of a scale by which the largest element is −2^(bits−1). */
  private static void quantise(float[] row, int from, int to, int bits) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.abs(row[i]) > Math.abs(largest) ? row[i] : largest;
    }
    int limit = 1 << bits - 1;
    float scale = largest / -limit;
    for (int i = from; i < to && scale != 0; i++) {
      row[i] = scale * Math.clamp(Math.round(row[i] / scale), -limit, limit - 1);
    }
  }

  private float[] rounded(float[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = round(values[i]);
    }
    return rounded;
  }

  /** Rounds the result of a step. */
  void round(double[] values) {
    for (int i = 0; precision.activations() != DType.F32 && i < values.length; i++) {
      values[i] = round((float) values[i]);
    }
  }

  private float round(float value) {
    return switch (precision.activations()) {
      case F16 -> Float.float16ToFloat(Float.floatToFloat16(value));
      case BF16 -> toBfloat(value);
      default -> value;
    };
  }

  /** To the nearest of the floats whose lower 16 bits are 0, of two the even one. */
  private static float toBfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int even = bits >>> 16 & 1;
    return Float.intBitsToFloat(bits + 0x7fff + even & 0xffff0000);
  }
}
