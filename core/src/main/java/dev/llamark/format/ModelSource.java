package dev.llamark.format;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Where a model comes from: a file, a folder, or a seeded generator. */
public interface ModelSource extends AutoCloseable {

  /** Name for headlines and records: {@code synthetic:probe}, or the file's name. */
  String name();

  /** The model's shape. */
  LlamaConfig config();

  /** The weights, valid until {@link #close}; nothing is copied that a file already holds. */
  LlamaWeights weights();

  /** The type of most weights. */
  DType dtype();

  /** Number of weights, a tied output matrix counted once. */
  long parameters();

  /**
   * Where in the model's files {@code data} lies, such as the elements of one of the matrices;
   * empty where it is in no file.
   */
  default Optional<FileRange> locate(MemorySegment data) {
    return Optional.empty();
  }

  /**
   * The same weights in a mapping of their own, whose pages leave memory with the arena; those that
   * are in no file as they are.
   *
   * @param matrix one of {@link #weights}
   * @throws dev.llamark.run.InputException if the file cannot be read any more
   */
  default Matrix map(Matrix matrix, Arena arena) {
    return locate(matrix.data())
        .map(range -> matrix.withData(MappedFile.map(range, arena)))
        .orElse(matrix);
  }

  /** What a person wants to know of the model; making it touches no weights. */
  default ModelDescription description() {
    return ModelDescription.of(
        this, "seeded weights", 0, "none", List.of(), Collections.emptySortedMap());
  }

  /** Releases files and mappings. */
  @Override
  void close();
}
