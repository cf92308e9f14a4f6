package dev.llamark.bench.claims;

import dev.llamark.bench.op.KernelBenchmark;
import dev.llamark.kernel.Rope;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Three ways to tell a model where its tokens are, at the widths of TinyLlama: queries and keys of
 * one block rotated in place; a learned position added to each token's embedding; a sinusoidal one
 * (Vaswani et al., arXiv 1706.03762, section 3.5), computed when it is needed.
 */
public class PositionBenchmark extends KernelBenchmark {

  static final int HIDDEN = 2048;
  static final int HEADS = 32;
  static final int KV_HEADS = 4;
  static final int HEAD_DIM = 64;
  private static final double THETA = 10_000;

  /** {@code rope}, {@code learned} or {@code sinusoidal}. */
  @Param("rope")
  public String way;

  /** Length of the sequence, from position 0. */
  @Param({"32", "2048"})
  public int tokens;

  private Runnable placing;
  private Rope rope;
  private int[] positions;
  private RopeTable table;
  private float[] query;
  private float[] key;
  private float[] stream;
  private float[] learned;
  private double[] frequencies;

  @Override
  protected long rotatedBytes() {
    return way.equals("rope")
        ? 4L * 2 * tokens * (HEADS + KV_HEADS) * HEAD_DIM
        : 4L * 3 * tokens * HIDDEN;
  }

  @Override
  protected void prepare(int copies) {
    switch (way) {
      case "rope" -> prepareRope();
      case "learned" -> {
        stream = values(tokens * HIDDEN);
        learned = values(tokens * HIDDEN);
        placing =
            variant.equals("scalar") ? this::addLearned : () -> VectorSum.add(learned, stream);
      }
      case "sinusoidal" -> {
        stream = values(tokens * HIDDEN);
        frequencies =
            IntStream.range(0, HIDDEN / 2)
                .mapToDouble(i -> Math.pow(THETA, -2.0 * i / HIDDEN))
                .toArray();
        placing = this::addSinusoids;
      }
      default -> throw new IllegalArgumentException("no way '" + way + "'");
    }
  }

  private void prepareRope() {
    rope = kernels.rope();
    positions = IntStream.range(0, tokens).toArray();
    table = RopeTable.of(new RopeScaling.None(), THETA, HEAD_DIM, tokens);
    query = values(tokens * HEADS * HEAD_DIM);
    key = values(tokens * KV_HEADS * HEAD_DIM);
    stream = query;
    placing =
        () -> {
          rotate(query, HEADS);
          rotate(key, KV_HEADS);
        };
  }

  private void rotate(float[] x, int heads) {
    rope.apply(x, 0, positions, 0, table, Pairing.INTERLEAVED, tokens, heads, HEAD_DIM, x, 0);
  }

  private void addLearned() {
    for (int i = 0; i < stream.length; i++) {
      stream[i] += learned[i];
    }
  }

  private void addSinusoids() {
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < frequencies.length; i++) {
        double angle = t * frequencies[i];
        stream[t * HIDDEN + 2 * i] += (float) Math.sin(angle);
        stream[t * HIDDEN + 2 * i + 1] += (float) Math.cos(angle);
      }
    }
  }

  @Benchmark
  public float[] place() {
    placing.run();
    return stream;
  }

  @Override
  protected Object call() {
    return place();
  }

  @Override
  protected Judgement check() {
    float[] before = stream.clone();
    if (way.equals("rope")) {
      place();
      return OutputCheck.rope(
          before, 0, positions, table, Pairing.INTERLEAVED, HEADS, HEAD_DIM, query, 0);
    }
    double[] expected = new double[before.length];
    for (int i = 0; i < before.length; i++) {
      expected[i] = before[i] + added(i / HIDDEN, i % HIDDEN);
    }
    return FormulaCheck.judge(place(), expected);
  }

  /** What belongs to a position, by the formula. */
  private double added(int position, int i) {
    if (way.equals("learned")) {
      return learned[position * HIDDEN + i];
    }
    double angle = position / Math.pow(THETA, (i - i % 2) / (double) HIDDEN);
    return i % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
  }
}
