package dev.llamark.bench.op;

import dev.llamark.run.ThreadTeam;
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

/** What it costs to hand a region to a team of threads and wait for its end. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class RegionBenchmark {

  @Param("2")
  public int threads;

  private ThreadTeam team;
  private int[] parts;

  @Setup(Level.Trial)
  public void open() {
    team = new ThreadTeam(threads);
    parts = new int[16 * threads];
  }

  @TearDown(Level.Trial)
  public void close() {
    team.close();
  }

  @Benchmark
  public int[] region() {
    team.run(threads, this::part);
    return parts;
  }

  private void part(int part) {
    parts[16 * part]++;
  }
}
