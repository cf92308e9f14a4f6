package dev.llamark.model;

import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;

/** From where a model's matrices are read when they are packed. */
@FunctionalInterface
public interface WeightMapping {

  /** The matrices as they are, for as long as the model lives. */
  WeightMapping NONE = (matrix, arena) -> matrix;

  /** The same weights, in memory that may end with the arena. */
  Matrix map(Matrix matrix, Arena arena);
}
