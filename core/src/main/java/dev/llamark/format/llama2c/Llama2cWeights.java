package dev.llamark.format.llama2c;

import static java.lang.Math.addExact;
import static java.lang.Math.multiplyExact;

import dev.llamark.format.Tensor;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Cuts the floats of a llama2.c file into matrices: each kind of weight for all layers in turn. */
final class Llama2cWeights {

  private static final float[] NONE = {};
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;
  private final LlamaConfig config;
  private final List<Tensor> tensors = new ArrayList<>();
  private long position;

  Llama2cWeights(MemorySegment bytes, LlamaConfig config) {
    this.bytes = bytes;
    this.config = config;
  }

  /**
   * Number of weights of a model of this shape.
   *
   * @throws ArithmeticException beyond 2^63
   */
  static long floats(LlamaConfig config, boolean tied) {
    long hidden = config.hidden();
    long attention = 2 * (hidden + (long) config.kvWidth());
    long layer =
        addExact(multiplyExact(hidden, attention), multiplyExact(3 * hidden, (long) config.ffn()));
    long layers = multiplyExact(config.layers(), addExact(layer, 2 * hidden));
    long vocabularies = multiplyExact(tied ? 1 : 2, config.vocab() * hidden);
    return addExact(addExact(layers, vocabularies), hidden);
  }

  /** The weights, from offset {@code start}; an output of its own comes last, after the tables. */
  LlamaWeights read(long start, boolean tied) {
    position = start;
    int hidden = config.hidden();
    Matrix embedding = matrix("token_embedding", config.vocab(), hidden);
    List<float[]> attentionNorms = vectors("rms_att");
    List<Matrix> queries = matrices("wq", hidden, hidden);
    List<Matrix> keys = matrices("wk", config.kvWidth(), hidden);
    List<Matrix> values = matrices("wv", config.kvWidth(), hidden);
    List<Matrix> outputs = matrices("wo", hidden, hidden);
    List<float[]> ffnNorms = vectors("rms_ffn");
    List<Matrix> gates = matrices("w1", config.ffn(), hidden);
    List<Matrix> downs = matrices("w2", hidden, config.ffn());
    List<Matrix> ups = matrices("w3", config.ffn(), hidden);
    float[] finalNorm = vector("rms_final");
    position += 4L * config.context() * 2 * (config.headDim() / 2);
    Matrix output = tied ? embedding : matrix("wcls", config.vocab(), hidden);
    List<LlamaWeights.Layer> layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(
          new LlamaWeights.Layer(
              attentionNorms.get(i),
              queries.get(i),
              keys.get(i),
              values.get(i),
              NONE,
              NONE,
              NONE,
              NONE,
              NONE,
              outputs.get(i),
              ffnNorms.get(i),
              gates.get(i),
              ups.get(i),
              downs.get(i)));
    }
    return new LlamaWeights(embedding, List.copyOf(layers), finalNorm, output);
  }

  private List<Matrix> matrices(String name, int rows, int columns) {
    List<Matrix> matrices = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      matrices.add(matrix(name + "." + i, rows, columns));
    }
    return matrices;
  }

  private Matrix matrix(String name, int rows, int columns) {
    return new Matrix(name, DType.F32, rows, columns, take(name, (long) rows, (long) columns));
  }

  private List<float[]> vectors(String name) {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      vectors.add(vector(name + "." + i));
    }
    return vectors;
  }

  private float[] vector(String name) {
    return take(name, (long) config.hidden()).toArray(FLOAT);
  }

  private MemorySegment take(String name, Long... shape) {
    long floats = List.of(shape).stream().reduce(1L, (a, b) -> a * b);
    MemorySegment slice = bytes.asSlice(position, 4 * floats);
    position += slice.byteSize();
    tensors.add(new Tensor(name, DType.F32, List.of(shape), slice));
    return slice;
  }

  /** What was read, in the file's order. */
  List<Tensor> tensors() {
    return tensors;
  }
}
