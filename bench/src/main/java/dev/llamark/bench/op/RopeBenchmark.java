package dev.llamark.bench.op;

import dev.llamark.kernel.Rope;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Rotation of queries or keys by a table that exists already. */
public class RopeBenchmark extends KernelBenchmark {

  private static final double THETA = 10_000;

  /** Of the first token: some way into a text. Copies lie behind each other. */
  private static final int FIRST_POSITION = 100;

  /** Tokens x heads x headDim. */
  @Param({"1x32x64", "512x32x64"})
  public String shape;

  @Param("INTERLEAVED")
  public Pairing pairing;

  private Rope rope;
  private int tokens;
  private int heads;
  private int headDim;
  private int[] positions;
  private RopeTable table;
  private float[] x;
  private float[] out;

  @Override
  protected long bytes() {
    int[] sizes = sizes(shape, 3);
    tokens = sizes[0];
    heads = sizes[1];
    headDim = sizes[2];
    return 4L * (2L * tokens * heads * headDim + (long) tokens * headDim);
  }

  @Override
  protected void prepare(int copies) {
    rope = kernels.rope();
    int end = Math.addExact(FIRST_POSITION, Math.multiplyExact(tokens, copies));
    positions = IntStream.range(FIRST_POSITION, end).toArray();
    table = RopeTable.of(new RopeScaling.None(), THETA, headDim, end);
    x = repeated(values(tokens * heads * headDim), copies);
    out = new float[x.length];
  }

  @Benchmark
  public float[] rotate() {
    int token = next() * tokens;
    int at = token * heads * headDim;
    rope.apply(x, at, positions, token, table, pairing, tokens, heads, headDim, out, at);
    return out;
  }

  @Override
  protected Object call() {
    return rotate();
  }

  @Override
  protected Judgement check() {
    int token = next() * tokens;
    int at = token * heads * headDim;
    rope.apply(x, at, positions, token, table, pairing, tokens, heads, headDim, out, at);
    int[] rotated = Arrays.copyOfRange(positions, token, token + tokens);
    return OutputCheck.rope(x, at, rotated, table, pairing, heads, headDim, out, at);
  }
}
