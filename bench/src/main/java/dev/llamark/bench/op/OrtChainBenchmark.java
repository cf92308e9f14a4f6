package dev.llamark.bench.op;

import dev.llamark.kernel.Operation;
import dev.llamark.oracle.Judgement;
import dev.llamark.oracle.OutputCheck;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeScaling;
import dev.llamark.rope.RopeTable;
import dev.llamark.verify.ort.OrtChain;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * ONNX Runtime's small operations, each as a chain in one session; the time is one node's share.
 * Operands are such that the end of the chain is known, and stays among ordinary numbers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class OrtChainBenchmark {

  /** As records name it. */
  public static final String VARIANT = "ort-chain";

  private static final float EPSILON = 1e-5f;
  private static final double THETA = 10_000;
  private static final int FIRST_POSITION = 100;

  /** {@code rmsnorm}, {@code rope} or {@code swiglu}. */
  @Param("rmsnorm")
  public String op;

  /** As in the operation's own benchmark. */
  @Param("1x2048")
  public String shape;

  /** Of RoPE. */
  @Param("INTERLEAVED")
  public Pairing pairing;

  @Param("1")
  public int threads;

  private OrtChain chain;
  private SplittableRandom random;

  @Setup(Level.Trial)
  public void open() {
    random = new SplittableRandom(Variants.seed());
    Judgement judgement =
        switch (Operation.of(op)) {
          case RMSNORM -> rmsNorm(KernelBenchmark.sizes(shape, 2));
          case ROPE -> rope(KernelBenchmark.sizes(shape, 3));
          case SWIGLU -> swiGlu(KernelBenchmark.sizes(shape, 2));
          case MATMUL, ATTENTION ->
              throw new IllegalArgumentException(op + " is no small operation");
        };
    Verified.require(VARIANT, judgement, OrtChain.NODES);
    WarmUp.run(this::node);
  }

  @TearDown(Level.Trial)
  public void close() {
    Allocation.print(VARIANT, OrtChain.NODES, this::node);
    chain.close();
  }

  @Benchmark
  @OperationsPerInvocation(OrtChain.NODES)
  public OrtChain node() {
    chain.run();
    return chain;
  }

  private float[] end() {
    chain.run();
    return chain.output();
  }

  /** With weights of 1, what is normalised once stays as it is. */
  private Judgement rmsNorm(int... sizes) {
    float[] x = values(sizes[0] * sizes[1]);
    float[] weight = new float[sizes[1]];
    Arrays.fill(weight, 1);
    chain = OrtChain.rmsNorm(x, weight, sizes[0], EPSILON, threads);
    return OutputCheck.rmsNorm(x, 0, weight, sizes[0], EPSILON, end(), 0);
  }

  /** Rotations add up to one at so many times the position. */
  private Judgement rope(int... sizes) {
    int tokens = sizes[0];
    float[] x = values(tokens * sizes[1] * sizes[2]);
    chain =
        OrtChain.rope(
            x,
            positions(tokens, 1),
            table(tokens, 1, sizes[2]),
            pairing,
            sizes[1],
            sizes[2],
            threads);
    return OutputCheck.rope(
        x,
        0,
        positions(tokens, OrtChain.NODES),
        table(tokens, OrtChain.NODES, sizes[2]),
        pairing,
        sizes[1],
        sizes[2],
        end(),
        0);
  }

  private static int[] positions(int tokens, int times) {
    return IntStream.range(FIRST_POSITION, FIRST_POSITION + tokens).map(p -> times * p).toArray();
  }

  private static RopeTable table(int tokens, int times, int headDim) {
    return RopeTable.of(new RopeScaling.None(), THETA, headDim, times * (FIRST_POSITION + tokens));
  }

  /** A negative gate with this {@code up} is a fixed point, to which errors return. */
  private Judgement swiGlu(int... sizes) {
    float[] gate = new float[sizes[0] * sizes[1]];
    float[] up = new float[gate.length];
    for (int i = 0; i < gate.length; i++) {
      gate[i] = (float) -random.nextDouble(0.25, 2);
      up[i] = (float) (1 + Math.exp(-gate[i]));
    }
    chain = OrtChain.swiGlu(gate, up, threads);
    return OutputCheck.swiGlu(gate, 0, up, 0, gate.length, end(), 0);
  }

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
