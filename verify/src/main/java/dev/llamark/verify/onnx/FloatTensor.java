package dev.llamark.verify.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows of a weight matrix as a tensor of floats: over the weights' own memory where that is native
 * and holds floats, else over a decoded copy that is freed on {@link #close}.
 */
public final class FloatTensor implements AutoCloseable {

  private final OnnxTensor tensor;
  private final Arena copy;

  private FloatTensor(OnnxTensor tensor, Arena copy) {
    this.tensor = tensor;
    this.copy = copy;
  }

  /** The whole matrix, (rows × columns), which must be below 2 GB of floats. */
  public static FloatTensor of(OrtRuntime runtime, Matrix matrix) {
    return of(runtime, matrix, 0, matrix.rows());
  }

  /** The rows {@code from … from + rows − 1}, (rows × columns). */
  public static FloatTensor of(OrtRuntime runtime, Matrix matrix, int from, int rows) {
    MemorySegment part = matrix.data().asSlice(from * matrix.rowBytes(), rows * matrix.rowBytes());
    if (matrix.dtype() == DType.F32 && part.isNative() && part.address() % Float.BYTES == 0) {
      return new FloatTensor(tensor(runtime, part, rows, matrix.columns()), null);
    }
    Arena arena = Arena.ofShared();
    MemorySegment floats = arena.allocate(DType.F32.bytes((long) rows * matrix.columns()), 64);
    float[] row = new float[matrix.columns()];
    for (int r = 0; r < rows; r++) {
      matrix.decodeRow(from + r, row, 0);
      long at = (long) r * row.length * Float.BYTES;
      MemorySegment.copy(row, 0, floats, ValueLayout.JAVA_FLOAT, at, row.length);
    }
    return new FloatTensor(tensor(runtime, floats, rows, matrix.columns()), arena);
  }

  private static OnnxTensor tensor(
      OrtRuntime runtime, MemorySegment floats, int rows, int columns) {
    ByteBuffer buffer = floats.asByteBuffer().order(ByteOrder.nativeOrder());
    long[] shape = {rows, columns};
    try {
      return OnnxTensor.createTensor(runtime.environment(), buffer, shape, OnnxJavaType.FLOAT);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses a tensor: " + e.getMessage(), e);
    }
  }

  /** (rows × columns). */
  public OnnxTensor tensor() {
    return tensor;
  }

  @Override
  public void close() {
    tensor.close();
    if (copy != null) {
      copy.close();
    }
  }
}
