package dev.llamark.bench.op;

import dev.llamark.kernel.RmsNorm;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Root mean square normalisation; one row is a decoding step, many are a prompt. */
public class RmsNormBenchmark extends KernelBenchmark {

  private static final float EPSILON = 1e-5f;

  /** Rows x size. */
  @Param({"1x2048", "512x2048"})
  public String shape;

  private RmsNorm rmsNorm;
  private int rows;
  private int size;
  private float[] x;
  private float[] weight;
  private float[] out;

  @Override
  protected long bytes() {
    int[] sizes = sizes(shape, 2);
    rows = sizes[0];
    size = sizes[1];
    return 4L * (2L * rows * size + size);
  }

  @Override
  protected void prepare(int copies) {
    rmsNorm = kernels.rmsNorm();
    x = repeated(values(rows * size), copies);
    weight = repeated(values(size), copies);
    out = new float[x.length];
  }

  @Benchmark
  public float[] normalize() {
    int copy = next();
    int at = copy * rows * size;
    rmsNorm.apply(x, at, weight, copy * size, rows, size, EPSILON, out, at);
    return out;
  }

  @Override
  protected Object call() {
    return normalize();
  }

  @Override
  protected Judgement check() {
    int copy = next();
    int at = copy * rows * size;
    rmsNorm.apply(x, at, weight, copy * size, rows, size, EPSILON, out, at);
    return OutputCheck.rmsNorm(x, at, Arrays.copyOf(weight, size), rows, EPSILON, out, at);
  }
}
