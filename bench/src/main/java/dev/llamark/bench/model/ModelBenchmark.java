package dev.llamark.bench.model;

import dev.llamark.bench.op.Variants;
import dev.llamark.format.ModelSource;
import dev.llamark.format.ModelSources;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.model.Llama;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.model.LogitsCheck;
import dev.llamark.verify.model.ModelTask;
import java.util.Arrays;
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

/**
 * A whole model, in llama-bench's two tests. Each call is one of them, from its depth on; what lies
 * before is in the cache already and is not timed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
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
  static final int CHECKED = 6;

  /** How many of them are the first batch; the others follow one by one. */
  private static final int CHECKED_AT_ONCE = 4;

  private static final double NANOS_PER_MILLI = 1e6;

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

  /** Type of the KV cache; ONNX Runtime's is always f32. */
  @Param("f32")
  public String kv;

  /** ONNX Runtime's own NMSE against the model in double, if that is known: noise that is free. */
  @Param("0")
  public double referenceNmse;

  private ModelSource source;
  private Engine engine;
  private int[] prompt;

  /**
   * Loads the model and says how long that took; takes the test's tokens in once and says how much
   * memory that has needed; only then, for it needs memory of its own, checks the logits.
   */
  @Setup(Level.Trial)
  public void open() {
    long start = System.nanoTime();
    source = ModelSources.open(model);
    source.weights();
    if (SyntheticSource.matches(model)) {
      start = System.nanoTime(); // weights that are made up are not loaded
    }
    int[] all = sequence(source, Math.max(CHECKED, depth + tokens));
    engine = engine(all.length);
    ModelFigures.printLoad((System.nanoTime() - start) / NANOS_PER_MILLI);
    float[] logits = firstLogits(all);
    engine.truncate(0);
    for (int from = 0; from < depth; from += Llama.DEFAULT_BATCH) {
      engine.forward(Arrays.copyOfRange(all, from, Math.min(depth, from + Llama.DEFAULT_BATCH)));
    }
    prompt = Arrays.copyOfRange(all, depth, depth + tokens);
    prompt();
    ModelFigures.printPeak();
    check(Arrays.copyOf(all, CHECKED), logits);
  }

  /** The tokens of all tests and of the check. */
  static int[] sequence(ModelSource source, int count) {
    return ModelTask.randomTokens(source.config(), count, Variants.seed());
  }

  private Engine engine(int capacity) {
    if (variant.equals(ORT)) {
      return Engine.ort(source, threads, capacity);
    }
    ThreadTeam team = new ThreadTeam(threads);
    return Engine.of(source, Variants.registry().open(variant, team), team, capacity, DType.of(kv));
  }

  /** Of a batch's last token, and of steps behind it: what the tests do. */
  private float[] firstLogits(int[] tokens) {
    int vocab = source.config().vocab();
    float[] logits = new float[(CHECKED - CHECKED_AT_ONCE + 1) * vocab];
    float[] ofBatch = engine.forward(Arrays.copyOf(tokens, CHECKED_AT_ONCE));
    System.arraycopy(ofBatch, 0, logits, 0, vocab);
    for (int t = CHECKED_AT_ONCE; t < CHECKED; t++) {
      float[] ofStep = engine.forward(tokens[t]);
      System.arraycopy(ofStep, 0, logits, (t - CHECKED_AT_ONCE + 1) * vocab, vocab);
    }
    return logits;
  }

  private void check(int[] first, float[] logits) {
    boolean ort = variant.equals(ORT);
    try (ThreadTeam team = new ThreadTeam(threads)) {
      LogitsCheck.Finding finding =
          new LogitsCheck(source, first, team)
              .judge(
                  logits,
                  ort ? Arithmetic.FLOAT : arithmetic(),
                  ort ? DType.F32 : DType.of(kv),
                  referenceNmse);
      ModelFigures.requireRight(variant, finding);
    }
  }

  private Arithmetic arithmetic() {
    return Variants.registry().variant(variant).arithmetic();
  }

  @TearDown(Level.Trial)
  public void close() {
    engine.close();
    source.close();
  }

  /** {@code pp}: all tokens at once. */
  @Benchmark
  public float[] prompt() {
    engine.truncate(depth);
    return engine.forward(prompt);
  }

  /** {@code tg}: one token after the other. */
  @Benchmark
  public float[] generate() {
    engine.truncate(depth);
    float[] logits = null;
    for (int token : prompt) {
      logits = engine.forward(token);
    }
    return logits;
  }
}
