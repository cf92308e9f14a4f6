package dev.llamark.verify.onnx;

import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The matrices of a model as inputs of a graph, so that a session reads them where they lie. A
 * tensor's buffer ends at 2 GB: a larger matrix comes in several parts of whole rows. A tied output
 * matrix is the embedding's input.
 */
final class WeightInputs {

  /** Bytes of floats in one input: what one direct buffer can hold. */
  static final long MAX_BYTES = 1L << 30;

  /** The rows {@code from … from + rows − 1} of a matrix, under the name of their input. */
  record Part(String name, Matrix matrix, int from, int rows) {}

  private final long maxBytes;
  private final Map<Matrix, List<Part>> parts = new IdentityHashMap<>();
  private final List<Part> all = new ArrayList<>();

  WeightInputs(LlamaWeights weights, long maxBytes) {
    this.maxBytes = maxBytes;
    add("embedding", weights.embedding());
    for (int l = 0; l < weights.layers().size(); l++) {
      LlamaWeights.Layer layer = weights.layers().get(l);
      String prefix = "layer." + l + ".";
      add(prefix + "query", layer.query());
      add(prefix + "key", layer.key());
      add(prefix + "value", layer.value());
      add(prefix + "attention_output", layer.attentionOutput());
      add(prefix + "gate", layer.gate());
      add(prefix + "up", layer.up());
      add(prefix + "down", layer.down());
    }
    add("output", weights.output());
  }

  private void add(String name, Matrix matrix) {
    if (parts.containsKey(matrix)) {
      return;
    }
    long rowBytes = DType.F32.bytes(matrix.columns());
    int step = Math.clamp(maxBytes / rowBytes, 1, matrix.rows());
    List<Part> split = new ArrayList<>();
    for (int from = 0; from < matrix.rows(); from += step) {
      String part = step == matrix.rows() ? "" : ".rows." + from;
      int rows = Math.min(step, matrix.rows() - from);
      split.add(new Part("weights." + name + part, matrix, from, rows));
    }
    parts.put(matrix, split);
    all.addAll(split);
  }

  /** The parts of a matrix, from its first row to its last. */
  List<Part> of(Matrix matrix) {
    return parts.get(matrix);
  }

  /** All inputs. */
  List<Part> all() {
    return all;
  }
}
