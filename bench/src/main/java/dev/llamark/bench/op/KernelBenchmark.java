package dev.llamark.bench.op;

import dev.llamark.bench.machine.Caches;
import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.oracle.Judgement;
import dev.llamark.run.ThreadTeam;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * What the benchmarks of the operations share: a variant on a team of threads, and operands that
 * are found in the cache again ({@code hot}), or rotate through so many copies that they are not
 * ({@code cold}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow"
    })
public abstract class KernelBenchmark {

  /** Most floats of one operand, all copies together. */
  private static final long MOST_FLOATS = 1L << 28;

  @Param({"scalar", "vector"})
  public String variant;

  @Param("1")
  public int threads;

  /** {@code hot} or {@code cold}. */
  @Param("hot")
  public String cache;

  /** Bytes that rotate where caches are cold. */
  long coldBytes = Caches.detect().cold();

  protected Kernels kernels;
  protected SplittableRandom random;

  private KernelRegistry registry;
  private ThreadTeam team;
  private int copies;
  private int copy;

  /**
   * Opens the variant, makes the operands, checks what the variant makes of them, and calls it
   * until it is compiled.
   */
  @Setup(Level.Trial)
  public final void open() {
    registry = Variants.registry();
    team = new ThreadTeam(threads);
    kernels = registry.open(variant, team);
    random = new SplittableRandom(Variants.seed());
    copies = copies(bytes());
    prepare(copies);
    Verified.require(variant, check());
    WarmUp.run(this::call);
  }

  /** Finds what a call allocates, now that whatever is seldom run has been compiled too. */
  @TearDown(Level.Trial)
  public final void close() {
    Allocation.print(variant, 1, this::call);
    release();
    kernels.close();
    team.close();
  }

  /** Bytes of the operands of one call. */
  protected abstract long bytes();

  /** Makes so many copies of the operands, of each of them: what does not rotate stays hot. */
  protected abstract void prepare(int copies);

  /** The benchmark's body. */
  protected abstract Object call();

  /** Runs the benchmark once and holds the result against the oracle. */
  protected abstract Judgement check();

  /** Frees what the garbage collector does not. */
  protected void release() {}

  private int copies(long bytes) {
    return switch (cache) {
      case "hot" -> 1;
      case "cold" -> (int) Math.min(coldBytes / bytes + 2, MOST_FLOATS * 4 / bytes + 1);
      default -> throw new IllegalArgumentException("cache must be hot or cold, but is " + cache);
    };
  }

  /** The copy of the operands that the next call uses. */
  protected final int next() {
    copy = copy + 1 < copies ? copy + 1 : 0;
    return copy;
  }

  /** The arithmetic of the variant that MatMul comes from. */
  protected final Arithmetic arithmetic() {
    return registry.arithmetic(kernels);
  }

  /** Standard normal values. */
  protected final float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The same values, copy after copy. */
  protected static float[] repeated(float[] values, int copies) {
    float[] all = new float[Math.multiplyExact(values.length, copies)];
    for (int i = 0; i < copies; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return all;
  }

  /** The sizes of a shape such as {@code 512x5632x2048}. */
  protected static int[] sizes(String shape, int count) {
    int[] sizes = Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    if (sizes.length != count) {
      throw new IllegalArgumentException(
          "shape %s must have %d sizes, but has %d".formatted(shape, count, sizes.length));
    }
    return sizes;
  }
}
