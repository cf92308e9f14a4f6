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

  /** Only the cache rotates: in a model the queries have just been computed. */
  @Override
  protected long rotatedBytes() {
    int[] sizes = sizes(shape, 5);
    tokens = sizes[0];
    positions = sizes[1];
    heads = sizes[2];
    kvHeads = sizes[3];
    headDim = sizes[4];
    return DType.of(dtype).bytes(2L * positions * kvHeads * headDim);
  }

  @Override
  protected void prepare(int copies) {
    attention = kernels.attention();
    scale = (float) (1 / Math.sqrt(headDim));
    q = values(tokens * heads * headDim);
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
    attention.apply(q, 0, caches[next()], positions - tokens, tokens, heads, scale, out, 0);
    return out;
  }

  @Override
  protected Object call() {
    return attend();
  }

  @Override
  protected Judgement check() {
    KeyValues keyValues = caches[next()];
    attention.apply(q, 0, keyValues, positions - tokens, tokens, heads, scale, out, 0);
    return OutputCheck.attention(q, keyValues, positions - tokens, tokens, heads, scale, out);
  }
}
