package dev.llamark.bench.op;

import dev.llamark.kernel.Attention;
import dev.llamark.kernel.KeyValues;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Causal attention over a cache; its last tokens are the queries. */
public class AttentionBenchmark extends KernelBenchmark {

  /** Tokens x positions x heads x kvHeads x headDim; positions hold the tokens themselves. */
  @Param({"1x512x32x4x64", "128x512x32x4x64"})
  public String shape;

  /** Type of the KV cache: f32 or f16. */
  @Param("f32")
  public String dtype;

  private Attention attention;
  private int tokens;
  private int positions;
  private int heads;
  private int kvHeads;
  private int headDim;
  private float scale;
  private float[] q;
  private KeyValues[] caches;
  private float[] out;

  @Override
  protected long bytes() {
    int[] sizes = sizes(shape, 5);
    tokens = sizes[0];
    positions = sizes[1];
    heads = sizes[2];
    kvHeads = sizes[3];
    headDim = sizes[4];
    return DType.of(dtype).bytes(2L * positions * kvHeads * headDim)
        + 4L * 2 * tokens * heads * headDim;
  }

  @Override
  protected void prepare(int copies) {
    attention = kernels.attention();
    scale = (float) (1 / Math.sqrt(headDim));
    q = repeated(values(tokens * heads * headDim), copies);
    float[] k = values(positions * kvHeads * headDim);
    float[] v = values(positions * kvHeads * headDim);
    caches = new KeyValues[copies];
    Arrays.setAll(caches, i -> new KeyValues(DType.of(dtype), kvHeads, positions, headDim));
    for (KeyValues keyValues : caches) {
      keyValues.store(k, 0, v, 0, 0, positions);
    }
    out = new float[q.length];
  }

  @Benchmark
  public float[] attend() {
    int copy = next();
    int at = copy * tokens * heads * headDim;
    attention.apply(q, at, caches[copy], positions - tokens, tokens, heads, scale, out, at);
    return out;
  }

  @Override
  protected Object call() {
    return attend();
  }

  @Override
  protected Judgement check() {
    int copy = next();
    int at = copy * tokens * heads * headDim;
    int first = positions - tokens;
    attention.apply(q, at, caches[copy], first, tokens, heads, scale, out, at);
    return OutputCheck.attention(
        q,
        caches[copy],
        first,
        tokens,
        heads,
        scale,
        Arrays.copyOfRange(out, at, at + tokens * heads * headDim));
  }
}
