package dev.llamark.verify.usergraph;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Tap;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import dev.llamark.verify.usergraph.GraphPrecision.Inputs;
import java.lang.foreign.Arena;
import java.util.Arrays;
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
        matrix(w.embedding(), precision.embedding() ? precision.weightBits() : 0, arena),
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
    float ofAll = precision.block() == GraphPrecision.MATRIX ? farthest(matrix) : 0;
    int block = precision.block() > 0 ? precision.block() : row.length;
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.decodeRow(r, row, 0);
      for (int from = 0; bits > 0 && from < row.length; from += block) {
        int to = Math.min(row.length, from + block);
        quantise(row, from, to, bits, ofAll != 0 ? ofAll : farthest(row, from, to));
      }
      copy.encodeRow(r, row, 0);
    }
    return copy;
  }

  private static float farthest(Matrix matrix) {
    float[] row = new float[matrix.columns()];
    float farthest = 0;
    for (int r = 0; r < matrix.rows(); r++) {
      matrix.decodeRow(r, row, 0);
      float here = farthest(row, 0, row.length);
      farthest = Math.abs(here) > Math.abs(farthest) ? here : farthest;
    }
    return farthest;
  }

  /** The element that lies farthest from 0. */
  private static float farthest(float[] row, int from, int to) {
    float farthest = 0;
    for (int i = from; i < to; i++) {
      farthest = Math.abs(row[i]) > Math.abs(farthest) ? row[i] : farthest;
    }
    return farthest;
  }

  /** Rounds to whole multiples of a scale by which the farthest element is −2^(bits−1). */
  private static void quantise(float[] row, int from, int to, int bits, float farthest) {
    int limit = 1 << bits - 1;
    float scale = farthest / -limit;
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

  /** Rounds the result of a step to the type of activations. */
  void round(double[] values) {
    for (int i = 0; precision.activations() != DType.F32 && i < values.length; i++) {
      values[i] = round((float) values[i]);
    }
  }

  /** Rounds a step that matrices read, as these do where a graph has them do so. */
  void quantise(Tap tap, double[] values) {
    if (precision.inputs() != Inputs.UINT8_TENSOR) {
      return;
    }
    switch (tap) {
      case ATTENTION_NORM, ATTENTION, FFN_NORM, ACTIVATION, FINAL_NORM -> toBytes(values);
      default -> {}
    }
  }

  /** As ONNX's DynamicQuantizeLinear: 256 steps from the least element, or 0, to the largest. */
  private static void toBytes(double[] values) {
    double most = Math.max(0, Arrays.stream(values).max().orElse(0));
    double least = Math.min(0, Arrays.stream(values).min().orElse(0));
    double scale = (most - least) / 255;
    for (int i = 0; i < values.length && scale > 0; i++) {
      values[i] = scale * Math.rint(values[i] / scale);
    }
  }

  /** What matrices do to their inputs by themselves. */
  Arithmetic arithmetic() {
    return precision.inputs() == Inputs.INT8_BLOCKS
        ? Arithmetic.INT8_ACTIVATIONS
        : Arithmetic.FLOAT;
  }

  /** Rounds one number to the type of activations. */
  float round(float value) {
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
