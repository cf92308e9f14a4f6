package dev.llamark.bench.model;

import dev.llamark.bench.op.Variants;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.oracle.OracleLlama;
import dev.llamark.oracle.OracleTapListener;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A whole model, in llama-bench's two tests; each call is one of them, from its depth on. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
public class ModelBenchmark {

  /** The whole-model session of ONNX Runtime, where the variant of this id has one. */
  static final String ORT = "ort";

  /** Tokens whose logits are held against the model in double before anything is timed. */
  private static final int CHECKED = 4;

  @Param("synthetic:stories15m")
  public String model;

  @Param({"scalar", "vector"})
  public String variant;

  @Param("1")
  public int threads;

  /** Tokens of a test. */
  @Param("128")
  public int tokens;

  /** Tokens in the cache before. */
  @Param("0")
  public int depth;

  /** Type of the KV cache. */
  @Param("f32")
  public String kv;

  private ModelSource source;
  private Engine engine;
  private int[] before;
  private int[] prompt;

  /** Loads the model, says how long that took, and checks the first tokens. */
  @Setup(Level.Trial)
  public void open() {
    long start = System.nanoTime();
    source = ModelSources.open(model);
    int capacity = Math.max(CHECKED, depth + tokens);
    engine = engine(capacity);
    double loadMs = (System.nanoTime() - start) / 1e6;
    int[] all =
        new SplittableRandom(Variants.seed()).ints(capacity, 0, source.config().vocab()).toArray();
    before = Arrays.copyOf(all, depth);
    prompt = Arrays.copyOfRange(all, depth, depth + tokens);
    check(Arrays.copyOf(all, CHECKED));
    ModelFigures.printLoad(loadMs);
  }

  private Engine engine(int capacity) {
    if (variant.equals(ORT)) {
      return Engine.ort(source, threads, capacity);
    }
    ThreadTeam team = new ThreadTeam(threads);
    return Engine.of(source, Variants.registry().open(variant, team), team, capacity, DType.of(kv));
  }

  private void check(int[] first) {
    float[] logits = engine.forward(first);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      double[] expected =
          new OracleLlama(source.config(), source.weights(), team)
              .forward(first, OracleTapListener.NONE);
      ModelFigures.requireRight(variant, logits, expected, DType.of(kv), source.dtype());
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    ModelFigures.printPeak();
    engine.close();
    source.close();
  }

  /** {@code pp}: all tokens at once. */
  @Benchmark
  public float[] prompt() {
    begin();
    return engine.forward(prompt);
  }

  /** {@code tg}: one token after the other. */
  @Benchmark
  public float[] generate() {
    begin();
    float[] logits = null;
    for (int token : prompt) {
      logits = engine.forward(token);
    }
    return logits;
  }

  private void begin() {
    engine.reset();
    if (depth > 0) {
      engine.forward(before);
    }
  }
}
