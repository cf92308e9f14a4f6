package dev.llamark.bench.op;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The linear layer: one row is a decoding step, 512 are a batch of a prompt. */
public class MatMulBenchmark extends KernelBenchmark {

  /** M x N x K. */
  @Param({"1x5632x2048", "512x5632x2048"})
  public String shape;

  /** Type of the weights. */
  @Param("f32")
  public String dtype;

  private MatMul matMul;
  private int rows;
  private int outputs;
  private int inputs;
  private float[] x;
  private Matrix matrix;
  private PackedMatrix[] weights;
  private float[] out;

  @Override
  protected long bytes() {
    int[] sizes = sizes(shape, 3);
    rows = sizes[0];
    outputs = sizes[1];
    inputs = sizes[2];
    return DType.of(dtype).bytes((long) outputs * inputs) + 4L * rows * (inputs + outputs);
  }

  @Override
  protected void prepare(int copies) {
    matMul = kernels.matMul();
    x = repeated(values(rows * inputs), copies);
    float[] values = values(outputs * inputs);
    matrix = Matrix.of("weights", DType.of(dtype), outputs, inputs, values);
    weights =
        Stream.generate(() -> matMul.pack(copy(matrix))).limit(copies).toArray(PackedMatrix[]::new);
    out = new float[Math.multiplyExact(copies, rows * outputs)];
  }

  /** A kernel may keep reading the matrix from which it packed. */
  private static Matrix copy(Matrix matrix) {
    MemorySegment data = Arena.ofAuto().allocate(matrix.data().byteSize(), 64);
    return new Matrix(
        matrix.name(),
        matrix.dtype(),
        matrix.rows(),
        matrix.columns(),
        data.copyFrom(matrix.data()));
  }

  @Benchmark
  public float[] multiply() {
    int copy = next();
    matMul.apply(x, copy * rows * inputs, rows, weights[copy], out, copy * rows * outputs);
    return out;
  }

  @Override
  protected Object call() {
    return multiply();
  }

  @Override
  protected Judgement check() {
    int copy = next();
    int from = copy * rows * inputs;
    int to = copy * rows * outputs;
    matMul.apply(x, from, rows, weights[copy], out, to);
    return OutputCheck.matMul(x, from, rows, matrix, out, to, arithmetic());
  }

  @Override
  protected void release() {
    for (PackedMatrix packed : weights) {
      packed.close();
    }
  }
}
