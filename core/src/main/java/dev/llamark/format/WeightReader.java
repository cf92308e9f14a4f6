package dev.llamark.format;

import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Takes tensors out of a model file as the matrices and vectors that the model's shape asks for,
 * and remembers which were taken, so that none is left aside in silence.
 */
public final class WeightReader {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String file;
  private final Map<String, Tensor> tensors;
  private final Set<String> taken = new HashSet<>();

  /**
   * A reader.
   *
   * @param file for messages
   * @param tensors of the file, by name
   */
  public WeightReader(String file, Map<String, Tensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /** Whether the file has the tensor. */
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** The matrix of this shape that the file must have; a view of the file. */
  public Matrix matrix(String name, long rows, long columns) {
    Tensor tensor = require(name);
    requireShape(tensor, List.of(rows, columns));
    requireInts(tensor);
    return new Matrix(name, tensor.dtype(), (int) rows, (int) columns, tensor.data());
  }

  /** Rows {@code from} to {@code from + count} of a matrix; a view of the same bytes. */
  public static Matrix rows(Matrix matrix, String part, int from, int count) {
    return new Matrix(
        matrix.name() + "[" + part + "]",
        matrix.dtype(),
        count,
        matrix.columns(),
        matrix.data().asSlice(from * matrix.rowBytes(), count * matrix.rowBytes()));
  }

  /** The vector of this length that the file must have, as floats. */
  public float[] vector(String name, long length) {
    Tensor tensor = require(name);
    requireShape(tensor, List.of(length));
    requireInts(tensor);
    float[] vector = new float[(int) length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = element(tensor, i);
    }
    return vector;
  }

  private float element(Tensor tensor, int i) {
    return switch (tensor.dtype()) {
      case F32 -> tensor.data().get(FLOAT, 4L * i);
      case F16 -> Float.float16ToFloat(tensor.data().get(SHORT, 2L * i));
      case BF16 -> Float.intBitsToFloat(tensor.data().get(SHORT, 2L * i) << 16);
      default ->
          throw new InputException(
              "%s: vector '%s' must be f32, f16 or bf16, but is %s"
                  .formatted(file, tensor.name(), tensor.dtype().id()));
    };
  }

  private Tensor require(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new InputException(file + ": tensor '" + name + "' is missing");
    }
    taken.add(name);
    return tensor;
  }

  private void requireShape(Tensor tensor, List<Long> expected) {
    if (!tensor.shape().equals(expected)) {
      throw new InputException(
          "%s: tensor '%s' must be %s, as the model's shape has it, but is %s"
              .formatted(file, tensor.name(), Tensor.text(expected), tensor.shapeText()));
    }
  }

  private void requireInts(Tensor tensor) {
    for (long length : tensor.shape()) {
      if (length > Integer.MAX_VALUE - 8) {
        throw new InputException(
            "%s: dimensions of tensor '%s' must be below 2^31, but it is %s"
                .formatted(file, tensor.name(), tensor.shapeText()));
      }
    }
  }

  /**
   * Refuses tensors that nobody took: what the model's architecture does not know would be missing
   * from every result.
   *
   * @param harmless those that may be left aside
   */
  public void requireAllTaken(Predicate<String> harmless) {
    for (String name : tensors.keySet()) {
      if (!taken.contains(name) && !harmless.test(name)) {
        throw new InputException(
            "%s: tensor '%s' has no place in a model of this architecture and shape"
                .formatted(file, name));
      }
    }
  }

  /** Whether the tensor was taken. */
  public boolean taken(String name) {
    return taken.contains(name);
  }

  /** Number of elements of all tensors taken. */
  public long parameters() {
    return taken.stream().mapToLong(name -> tensors.get(name).elements()).sum();
  }

  /** The type that holds most of the elements taken. */
  public DType dtype() {
    long[] elements = new long[DType.values().length];
    for (String name : taken) {
      Tensor tensor = tensors.get(name);
      elements[tensor.dtype().ordinal()] += tensor.elements();
    }
    DType most = DType.F32;
    for (DType dtype : DType.values()) {
      if (elements[dtype.ordinal()] > elements[most.ordinal()]) {
        most = dtype;
      }
    }
    return most;
  }
}
