package dev.llamark.bench.op;

import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.model.KvCache;
import dev.llamark.model.Llama;
import dev.llamark.model.Logits;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A whole model: a prompt at once, or one token more. */
public class ForwardBenchmark extends KernelBenchmark {

  /** NMSE against the model in double: float noise is ten times less. */
  private static final double MOST_NMSE = 1e-11;

  @Param("synthetic:stories15m")
  public String model;

  /** Tokens of a call: a prompt, or 1 for a step of decoding. */
  @Param({"1", "32"})
  public int tokens;

  /** Tokens in the cache before. */
  @Param("0")
  public int depth;

  private ModelSource source;
  private Llama llama;
  private KvCache kv;
  private int[] prompt;
  private int[] all;

  @Override
  protected long bytes() {
    source = ModelSources.open(model);
    return source.parameters() * 4;
  }

  @Override
  protected void prepare(int copies) {
    if (copies > 1) {
      throw new IllegalArgumentException("a whole model has no copies: cache must be hot");
    }
    llama = Llama.of(source.config(), source.weights(), kernels);
    kv = llama.newCache(depth + tokens, DType.F32);
    all = random.ints(depth + (long) tokens, 0, source.config().vocab()).toArray();
    prompt = Arrays.copyOfRange(all, depth, all.length);
    if (depth > 0) {
      llama.forward(Arrays.copyOf(all, depth), kv, Logits.LAST);
    }
  }

  @Benchmark
  public float[] forward() {
    kv.truncate(depth);
    return llama.forward(prompt, kv, Logits.LAST);
  }

  @Override
  protected Object call() {
    return forward();
  }

  @Override
  protected Judgement check() {
    float[] logits = forward();
    try (ThreadTeam team = new ThreadTeam(threads)) {
      double[] expected =
          new OracleLlama(source.config(), source.weights(), team)
              .forward(all, OracleTapListener.NONE);
      double error = 0;
      double signal = 0;
      for (int i = 0, from = expected.length - logits.length; i < logits.length; i++) {
        error += Math.pow(logits[i] - expected[from + i], 2);
        signal += Math.pow(expected[from + i], 2);
      }
      return judgement(error / signal);
    }
  }

  private static Judgement judgement(double nmse) {
    Verdict verdict =
        nmse <= MOST_NMSE
            ? new Verdict.Pass()
            : new Verdict.Fail("NMSE %.3g, allowed %.3g".formatted(nmse, MOST_NMSE));
    return new Judgement(verdict, nmse / MOST_NMSE, Double.NaN, nmse, false, Optional.empty());
  }

  @Override
  protected void release() {
    llama.close();
    source.close();
  }
}
