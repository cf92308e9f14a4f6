package dev.llamark.bench.claims;

import dev.llamark.bench.op.KernelBenchmark;
import dev.llamark.kernel.Rope;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What a scaling of the angles costs: once, to build its table, and then with every rotation. */
public class AngleScalingBenchmark extends KernelBenchmark {

  private static final int HEADS = 32;

  /** Some tokens near the end of the scaled context. */
  static final int TOKENS = 16;

  /**
   * {@code none}, {@code linear}, {@code dynamic}, {@code yarn}, {@code llama3}, {@code longrope}.
   */
  @Param("none")
  public String scaling;

  /** {@code build} a table, or {@code rotate} by it. */
  @Param("rotate")
  public String part;

  private Supplier<?> body;
  private Rope rope;
  private AngleScaling angles;
  private RopeTable table;
  private int[] positions;
  private float[] x;
  private float[] out;

  @Override
  protected long rotatedBytes() {
    return 4L * 2 * TOKENS * HEADS * AngleScaling.ROTARY_DIM;
  }

  @Override
  protected void prepare(int copies) {
    rope = kernels.rope();
    angles = AngleScaling.of(scaling);
    table = build();
    body = part.equals("build") ? this::build : this::rotate;
    int last = AngleScaling.CONTEXT;
    positions = IntStream.range(last - TOKENS, last).toArray();
    x = values(TOKENS * HEADS * AngleScaling.ROTARY_DIM);
    out = new float[x.length];
  }

  @Benchmark
  public Object run() {
    return body.get();
  }

  @Override
  protected Object call() {
    return run();
  }

  /** The whole table of a context, in double, rounded to float. */
  RopeTable build() {
    return RopeTable.of(
        angles.scaling(), AngleScaling.THETA, AngleScaling.ROTARY_DIM, AngleScaling.CONTEXT);
  }

  /** Queries of some tokens, turned by the table. */
  private float[] rotate() {
    int headDim = AngleScaling.ROTARY_DIM;
    rope.apply(x, 0, positions, 0, table, Pairing.HALVES, TOKENS, HEADS, headDim, out, 0);
    return out;
  }

  /** The table's angles are held against published ones elsewhere; here, the rotation by them. */
  @Override
  protected Judgement check() {
    int headDim = AngleScaling.ROTARY_DIM;
    return OutputCheck.rope(x, 0, positions, table, Pairing.HALVES, HEADS, headDim, rotate(), 0);
  }
}
