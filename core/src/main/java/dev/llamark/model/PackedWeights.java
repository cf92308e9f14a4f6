package dev.llamark.model;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.InputException;
import dev.llamark.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;

/** All matrices of a model in a variant's own form, each packed once. */
final class PackedWeights implements AutoCloseable {

  /**
   * One block: its matrices packed, those together that read the same input; its vectors as they
   * are in {@code weights}.
   */
  record Layer(
      LlamaWeights.Layer weights,
      PackedMatrix[] queryKeyValue,
      PackedMatrix attentionOutput,
      PackedMatrix[] gateUp,
      PackedMatrix down) {}

  private final Kernels kernels;
  private final List<PackedMatrix> packed = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private final PackedMatrix output;

  PackedWeights(LlamaWeights weights, Kernels kernels) {
    this.kernels = kernels;
    try {
      weights.layers().forEach(layer -> layers.add(pack(layer)));
      output = pack(weights.output());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private Layer pack(LlamaWeights.Layer layer) {
    return new Layer(
        layer,
        new PackedMatrix[] {pack(layer.query()), pack(layer.key()), pack(layer.value())},
        pack(layer.attentionOutput()),
        new PackedMatrix[] {pack(layer.gate()), pack(layer.up())},
        pack(layer.down()));
  }

  private PackedMatrix pack(Matrix matrix) {
    if (!kernels.matMul().supports(matrix.dtype())) {
      throw new InputException(
          "MatMul of variant '%s' takes no %s weights, which %s holds"
              .formatted(kernels.id(), matrix.dtype().id(), matrix.name()));
    }
    PackedMatrix result = kernels.matMul().pack(matrix);
    packed.add(result);
    return result;
  }

  Layer layer(int layer) {
    return layers.get(layer);
  }

  /** (vocab × hidden). */
  PackedMatrix output() {
    return output;
  }

  /** Memory besides the weights themselves, in bytes. */
  long bytes() {
    return packed.stream().mapToLong(PackedMatrix::bytes).sum();
  }

  @Override
  public void close() {
    packed.forEach(PackedMatrix::close);
    packed.clear();
  }
}
