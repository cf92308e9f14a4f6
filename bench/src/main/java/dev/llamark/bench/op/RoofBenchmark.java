package dev.llamark.bench.op;

import dev.llamark.run.EnvironmentException;
import dev.llamark.run.MachineProbe;
import dev.llamark.run.ThreadTeam;
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

/** What this machine can do at most: a sibling of the kernels, timed as they are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 3, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class RoofBenchmark {

  /** Of multiply-adds per call and thread: some tens of microseconds. */
  private static final int ROUNDS = 20_000;

  /** Bytes per call and thread, by going over the data again: so that threads are worth waking. */
  private static final long BYTES_PER_CALL = 1 << 20;

  /** {@code fma}, {@code read}, {@code write} or {@code copy}. */
  @Param("fma")
  public String limit;

  /** Size of the data, all threads together. */
  @Param("16384")
  public long bytes;

  @Param("1")
  public int threads;

  private MachineProbe probe;
  private ThreadTeam team;
  private float[] a;
  private float[] b;
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
    return limit.equals("fma")
        ? (double) probe().orElseThrow().flopsPerRound() * ROUNDS * threads
        : 4.0
            * slice(limit, bytes, threads)
            * arrays(limit)
            * passes(limit, bytes, threads)
            * threads;
  }

  private static int arrays(String limit) {
    return limit.equals("copy") ? 2 : 1;
  }

  /** Floats of each array that one thread goes over. */
  private static int slice(String limit, long bytes, int threads) {
    return (int) Math.max(64, bytes / 4 / arrays(limit) / threads);
  }

  private static int passes(String limit, long bytes, int threads) {
    return (int) Math.max(1, BYTES_PER_CALL / (4L * slice(limit, bytes, threads)));
  }

  @Setup(Level.Trial)
  public void open() {
    probe =
        probe().orElseThrow(() -> new EnvironmentException("no probe can run; see 'llamark info'"));
    team = new ThreadTeam(threads);
    a = new float[slice(limit, bytes, threads) * threads];
    b = new float[limit.equals("copy") ? a.length : 0];
    sums = new float[16 * threads];
  }

  @TearDown(Level.Trial)
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] reach() {
    team.run(threads, this::part);
    return sums;
  }

  private void part(int thread) {
    int from = slice(limit, bytes, threads) * thread;
    int to = from + slice(limit, bytes, threads);
    int passes = passes(limit, bytes, threads);
    switch (limit) {
      case "fma" -> sums[16 * thread] += probe.multiplyAdd(ROUNDS);
      case "read" -> {
        for (int pass = 0; pass < passes; pass++) {
          sums[16 * thread] += probe.read(a, from, to);
        }
      }
      case "write" -> {
        for (int pass = 0; pass < passes; pass++) {
          probe.write(a, from, to, pass);
        }
      }
      case "copy" -> {
        for (int pass = 0; pass < passes; pass++) {
          probe.copy(a, b, from, to);
        }
      }
      default -> throw new IllegalArgumentException("no limit '" + limit + "'");
    }
  }
}
