package dev.llamark.model;

import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.InputException;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * All matrices of a model in a variant's own form, each packed once. A file's part is mapped for as
 * long as its matrix is packed, if the variant copies it: file and copy are never both in memory.
 */
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
  private final WeightMapping mapping;
  private final List<PackedMatrix> packed = new ArrayList<>();

  /** Of what is read in place. */
  private final List<Arena> mapped = new ArrayList<>();

  private final List<Layer> layers = new ArrayList<>();
  private final PackedMatrix output;

  PackedWeights(LlamaWeights weights, Kernels kernels, WeightMapping mapping) {
    this.kernels = kernels;
    this.mapping = mapping;
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
    Arena arena = Arena.ofShared();
    mapped.add(arena);
    PackedMatrix result = kernels.matMul().pack(mapping.map(matrix, arena));
    packed.add(result);
    if (!result.readsWeights()) {
      mapped.removeLast().close();
    }
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
    mapped.forEach(Arena::close);
    mapped.clear();
  }
}
