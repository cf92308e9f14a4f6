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

  /** Frees what the garbage collector does not. */
  @Override
  default void close() {}
}
