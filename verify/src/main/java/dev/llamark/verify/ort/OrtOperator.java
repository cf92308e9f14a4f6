package dev.llamark.verify.ort;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.llamark.verify.onnx.OnnxGraph;
import dev.llamark.verify.onnx.OrtRuntime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A small graph as a session, with native memory for its operands. Calls of the shape of the last
 * call reuse all of it, so that only the copies to and from the heap are added to ONNX Runtime's
 * own time.
 */
final class OrtOperator implements AutoCloseable {

  /** Native memory of one operand, and the tensor over it. */
  private static final class Operand {
    private ByteBuffer memory = direct(0);
    private OnnxTensor tensor;
    private long[] shape = {};
  }

  private final OrtRuntime runtime;
  private final OrtSession session;
  private final Map<String, Operand> operands = new HashMap<>();
  private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
  private final Map<String, OnnxTensorLike> outputs = new HashMap<>();

  OrtOperator(OrtRuntime runtime, OnnxGraph graph, int threads) {
    this(runtime, runtime.session(graph.bytes(), OrtRuntime.Settings.fast(threads)));
  }

  /** Over a session that this closes. */
  OrtOperator(OrtRuntime runtime, OrtSession session) {
    this.runtime = runtime;
    this.session = session;
  }

  /** An input of floats, to be filled. */
  FloatBuffer floats(String name, long... shape) {
    Operand operand = operand(name, OnnxJavaType.FLOAT, shape);
    inputs.put(name, operand.tensor);
    return operand.memory.asFloatBuffer();
  }

  /** An input of integers, to be filled. */
  LongBuffer longs(String name, long... shape) {
    Operand operand = operand(name, OnnxJavaType.INT64, shape);
    inputs.put(name, operand.tensor);
    return operand.memory.asLongBuffer();
  }

  /** An input with the floats from {@code offset} on. */
  void input(String name, float[] from, int offset, long... shape) {
    floats(name, shape).put(from, offset, (int) elements(shape));
  }

  /** Runs the graph and copies its output to {@code offset} and on. */
  void run(String output, float[] to, int offset, long... shape) {
    run(output, shape);
    output(output, to, offset, shape);
  }

  /** Runs the graph; its output stays in native memory. */
  void run(String output, long... shape) {
    Operand operand = operand(output, OnnxJavaType.FLOAT, shape);
    outputs.put(output, operand.tensor);
    try (OrtSession.Result _ = session.run(inputs, outputs)) {
      return;
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
    }
  }

  /** Copies an output to {@code offset} and on. */
  void output(String output, float[] to, int offset, long... shape) {
    operand(output, OnnxJavaType.FLOAT, shape)
        .memory
        .asFloatBuffer()
        .get(to, offset, (int) elements(shape));
  }

  private Operand operand(String name, OnnxJavaType type, long... shape) {
    Operand operand = operands.computeIfAbsent(name, _ -> new Operand());
    if (operand.tensor != null && Arrays.equals(operand.shape, shape)) {
      return operand;
    }
    long bytes = elements(shape) * type.size;
    if (bytes > operand.memory.capacity()) {
      operand.memory = direct(Math.toIntExact(bytes));
    }
    release(operand);
    operand.memory.limit((int) bytes);
    try {
      operand.tensor = OnnxTensor.createTensor(runtime.environment(), operand.memory, shape, type);
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime refuses a tensor: " + e.getMessage(), e);
    }
    operand.shape = shape.clone();
    return operand;
  }

  private static void release(Operand operand) {
    if (operand.tensor != null) {
      operand.tensor.close();
      operand.tensor = null;
    }
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private static long elements(long... shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    return elements;
  }

  @Override
  public void close() {
    operands.values().forEach(OrtOperator::release);
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot close: " + e.getMessage(), e);
    }
  }
}
