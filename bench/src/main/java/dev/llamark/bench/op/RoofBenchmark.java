package dev.llamark.bench.op;

import dev.llamark.run.EnvironmentException;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.ServiceLoader;
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
 * What this machine can do at most: a sibling of the kernels, timed as they are. Each thread goes
 * over data of its own, and a thread that is held up does fewer parts, so that only the sum counts.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class RoofBenchmark {

  /** Parts of a call, per thread: the last to end holds up the others by a small share only. */
  private static final int PARTS = 64;

  /** Multiply-adds of a part: some microseconds. */
  private static final int ROUNDS = 2_000;

  /** Bytes of each array that a part goes over, again and again where the data is smaller. */
  private static final long PART_BYTES = 1 << 16;

  private static final long ALIGNMENT = 4096;

  /** So that two threads' counters never share a cache line. */
  private static final int APART = 16;

  /**
   * {@code fma}, {@code read}, {@code write}, {@code copy}, or {@code add}: two read, one written.
   */
  @Param("fma")
  public String limit;

  /** Size of the data, all arrays and threads together. */
  @Param("16384")
  public long bytes;

  @Param("1")
  public int threads;

  private MachineProbe probe;
  private ThreadTeam team;
  private MemorySegment a;
  private MemorySegment b;
  private MemorySegment c;
  private long slice;
  private long chunk;
  private int passes;
  private long[] next;
  private float[] sums;

  /** The probe of this machine; empty if none can run. */
  public static Optional<MachineProbe> probe() {
    return ServiceLoader.load(MachineProbe.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(probe -> probe.unusable().isEmpty())
        .findFirst();
  }

  /** What one call does: floating-point operations for {@code fma}, else bytes. */
  public static double work(String limit, long bytes, int threads) {
    if (limit.equals("fma")) {
      return (double) probe().orElseThrow().flopsPerRound() * ROUNDS * PARTS * threads;
    }
    long chunk = chunk(limit, bytes, threads);
    return (double) chunk * passes(chunk) * arrays(limit) * PARTS * threads;
  }

  private static int arrays(String limit) {
    return switch (limit) {
      case "add" -> 3;
      case "copy" -> 2;
      default -> 1;
    };
  }

  private static long chunk(String limit, long bytes, int threads) {
    long own = bytes / arrays(limit) / threads / MachineProbe.STEP * MachineProbe.STEP;
    return Math.clamp(own, MachineProbe.STEP, PART_BYTES);
  }

  private static int passes(long chunk) {
    return (int) (PART_BYTES / chunk);
  }

  @Setup(Level.Trial)
  public void open() {
    probe =
        probe().orElseThrow(() -> new EnvironmentException("no probe can run; see 'llamark info'"));
    team = new ThreadTeam(threads);
    chunk = chunk(limit, bytes, threads);
    passes = passes(chunk);
    slice = Math.max(chunk, bytes / arrays(limit) / threads / chunk * chunk);
    a = array(1);
    b = array(2);
    c = array(3);
    next = new long[APART * threads];
    sums = new float[APART * threads];
    WarmUp.run(this::reach);
  }

  /** The n-th array; almost none if the limit has fewer. */
  private MemorySegment array(int n) {
    return Arena.ofAuto()
        .allocate(n <= arrays(limit) ? slice * threads : MachineProbe.STEP, ALIGNMENT);
  }

  @TearDown(Level.Trial)
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] reach() {
    team.run(PARTS * threads, this::part);
    return sums;
  }

  private void part(int part, int thread) {
    long at = next[APART * thread];
    next[APART * thread] = at + 2 * chunk <= slice ? at + chunk : 0;
    long from = slice * thread + at;
    switch (limit) {
      case "fma" -> sums[APART * thread] += probe.multiplyAdd(ROUNDS);
      case "read" -> sums[APART * thread] += probe.read(a, from, from + chunk, passes);
      case "write" -> probe.write(a, from, from + chunk, passes);
      case "copy" -> probe.copy(a, b, from, from + chunk, passes);
      case "add" -> probe.add(a, b, c, from, from + chunk, passes);
      default -> throw new IllegalArgumentException("no limit '" + limit + "'");
    }
  }
}
