package dev.llamark.format;

import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.tensor.DType;

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

  /** Releases files and mappings. */
  @Override
  void close();
}
