package dev.llamark.bench.op;

import dev.llamark.kernel.SwiGlu;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The gate of the feed-forward block. */
public class SwiGluBenchmark extends KernelBenchmark {

  /** Rows x size. */
  @Param({"1x5632", "512x5632"})
  public String shape;

  private SwiGlu swiGlu;
  private int count;
  private float[] gate;
  private float[] up;
  private float[] out;

  @Override
  protected long rotatedBytes() {
    int[] sizes = sizes(shape, 2);
    count = sizes[0] * sizes[1];
    return 3 * 4L * count;
  }

  @Override
  protected void prepare(int copies) {
    swiGlu = kernels.swiGlu();
    gate = repeated(values(count), copies);
    up = repeated(values(count), copies);
    out = new float[gate.length];
  }

  @Benchmark
  public float[] gate() {
    int at = next() * count;
    swiGlu.apply(gate, at, up, at, count, out, at);
    return out;
  }

  @Override
  protected Object call() {
    return gate();
  }

  @Override
  protected Judgement check() {
    int at = next() * count;
    swiGlu.apply(gate, at, up, at, count, out, at);
    return OutputCheck.swiGlu(gate, at, up, at, count, out, at);
  }
}
