package dev.llamark.kernel;

import dev.llamark.tensor.DType;

/** Weights in a variant's own form, made once, at load, by {@link MatMul#pack}. */
public interface PackedMatrix extends AutoCloseable {

  /** Type of the weights from which this was packed. */
  DType dtype();

  /** Number of outputs, N. */
  int rows();

  /** Number of inputs, K. */
  int columns();

  /** Memory that this holds besides the matrix from which it was packed, in bytes. */
  long bytes();

  /**
   * Whether this goes on reading the matrix from which it was packed: then that must outlive it.
   * Else the matrix's memory, often a mapping, may be given back as soon as all is packed.
   */
  default boolean readsWeights() {
    return true;
  }

  /** Frees what the garbage collector does not; it must not be used afterwards. */
  @Override
  default void close() {}
}
