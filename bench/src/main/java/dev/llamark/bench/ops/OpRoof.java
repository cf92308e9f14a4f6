package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkSpec;
import dev.llamark.bench.machine.Caches;
import dev.llamark.bench.op.RoofBenchmark;
import java.util.List;
import java.util.Map;

/**
 * The limit that binds a case first, as a probe to be run beside it.
 *
 * @param limit {@code fma}, or the pattern of reading and writing that is the case's own
 * @param bytes size of the data that the probe goes over
 */
record OpRoof(String limit, long bytes, int threads) {

  /**
   * Operations per byte at which arithmetic and each level take equally long: of CPUs that do two
   * vector multiply-adds in a cycle and, in it, load two vectors from L1, one from L2, half a one
   * from L3. Near the border either limit is as good.
   */
  private static final Map<String, Double> BALANCE = Map.of("L1", 0.5, "L2", 1.0, "L3", 2.0);

  /** The same for whatever lies further away. */
  private static final double MEMORY_BALANCE = 8;

  /** Less than this share written is not worth a probe that writes. */
  private static final double LITTLE_WRITTEN = 0.2;

  /** From this share of bytes written, as much is written as read. */
  private static final double HALF_WRITTEN = 0.4;

  static OpRoof of(OpCase opCase, Caches caches, int threads) {
    boolean cold = opCase.cache().equals("cold");
    long data = (long) opCase.bytes();
    String level = cold ? Caches.MEMORY : caches.level(data, threads);
    if (opCase.flops() / opCase.bytes() > BALANCE.getOrDefault(level, MEMORY_BALANCE)) {
      return new OpRoof("fma", caches.within(1, 1), threads);
    }
    return new OpRoof(
        pattern(opCase.writtenShare()), size(level, data, cold, caches, threads), threads);
  }

  private static String pattern(double written) {
    return written < LITTLE_WRITTEN ? "read" : written < HALF_WRITTEN ? "add" : "copy";
  }

  /** Of a core's own level, half; of what cores or machines share, as much as the case has. */
  private static long size(String level, long data, boolean cold, Caches caches, int threads) {
    if (cold) {
      return caches.cold();
    }
    return level.equals(Caches.MEMORY) || caches.last(level)
        ? Math.min(data, caches.cold())
        : caches.within(Integer.parseInt(level.substring(1)), threads);
  }

  boolean compute() {
    return limit.equals("fma");
  }

  /** As records name it. */
  String bound() {
    return compute() ? "compute" : "memory";
  }

  /** What the case does that the limit limits: operations, or bytes. */
  double work(OpCase opCase) {
    return compute() ? opCase.flops() : opCase.bytes();
  }

  /** What one call of the probe does of it. */
  double probeWork() {
    return RoofBenchmark.work(limit, bytes, threads);
  }

  /** The probe as a fork. */
  ForkSpec spec(String title, List<String> jvmArgs) {
    return RoofBenchmark.spec("roof · " + title, limit, bytes, threads, jvmArgs);
  }
}
