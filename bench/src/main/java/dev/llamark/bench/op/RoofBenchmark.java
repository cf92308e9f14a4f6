package dev.llamark.bench.op;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.kernel.Unusable;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
@Fork(
    value = 3,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", RoofBenchmark.UNCHECKED})
public class RoofBenchmark {

  /**
   * The Vector API leaves its bounds checks out. In a loop over L1 that is soon at its end they
   * would take a third of the time, and be taken for the machine's limit; the ranges here are the
   * benchmark's own.
   */
  static final String UNCHECKED = "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0";

  /** Parts of a call, per thread: the last to end holds up the others by a small share only. */
  private static final int PARTS = 64;

  /** Multiply-adds of a part: some microseconds. */
  private static final int ROUNDS = 2_000;

  /**
   * Bytes of each array that a part goes over, again and again where the data is smaller: some
   * microseconds, so that neither starting a part nor claiming it counts.
   */
  static final long PART_BYTES = 1 << 20;

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
    return probes().stream().filter(probe -> probe.unusable().isEmpty()).findFirst();
  }

  /**
   * The probe of this machine.
   *
   * @throws EnvironmentException if none can run, with the reason and what would help
   */
  public static MachineProbe requireProbe() {
    return probe()
        .orElseThrow(
            () ->
                new EnvironmentException(
                    "no probe of the machine can run: "
                        + probes().stream()
                            .flatMap(probe -> probe.unusable().stream())
                            .map(Unusable::toString)
                            .findFirst()
                            .orElse("the class path holds none; add kernels-vector")));
  }

  private static List<MachineProbe> probes() {
    return ServiceLoader.load(MachineProbe.class).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /** The probe of a limit as a fork. */
  public static ForkSpec spec(
      String title, String limit, long bytes, int threads, List<String> jvmArgs) {
    List<String> args = new ArrayList<>(jvmArgs);
    args.add(UNCHECKED);
    return new ForkSpec(
        title,
        new ForkSpec.Method(RoofBenchmark.class, "reach"),
        Map.of(
            "limit", limit,
            "bytes", String.valueOf(bytes),
            "threads", String.valueOf(threads)),
        List.copyOf(args),
        List.of());
  }

  /** What one call does: floating-point operations for {@code fma}, else bytes. */
  public static double work(String limit, long bytes, int threads) {
    if (limit.equals("fma")) {
      return (double) requireProbe().flopsPerRound() * ROUNDS * PARTS * threads;
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

  /** Bytes of each array that a part goes over: equal pieces of all that a thread has of it. */
  static long chunk(String limit, long bytes, int threads) {
    long own = bytes / arrays(limit) / threads;
    long pieces = Math.max(1, Math.ceilDiv(own, PART_BYTES));
    return Math.max(MachineProbe.STEP, own / pieces / MachineProbe.STEP * MachineProbe.STEP);
  }

  private static int passes(long chunk) {
    return (int) (PART_BYTES / chunk);
  }

  @Setup(Level.Trial)
  public void open() {
    probe = requireProbe();
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
