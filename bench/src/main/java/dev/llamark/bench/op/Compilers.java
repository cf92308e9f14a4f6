package dev.llamark.bench.op;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The JIT compilers of this JVM. */
final class Compilers {

  private static final Path TASKS = Path.of("/proc/self/task");

  private Compilers() {}

  /**
   * Time that the compilers have spent so far: of their threads where the system tells it (Linux),
   * else of the compilations that have ended.
   */
  static long busyNanos() {
    long busy = 0;
    boolean seen = false;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        long nanos = nanos(task);
        busy += Math.max(0, nanos);
        seen |= nanos >= 0;
      }
    } catch (IOException e) {
      seen = false; // not Linux
    }
    return seen ? busy : compilationNanos();
  }

  /** Time on a processor if the thread is a compiler's and has not just ended, else -1. */
  private static long nanos(Path task) {
    try {
      return Files.readString(task.resolve("comm")).matches("(?s)C[12] Compiler.*")
          ? Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0])
          : -1;
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }

  private static long compilationNanos() {
    var compilation = ManagementFactory.getCompilationMXBean();
    return compilation == null || !compilation.isCompilationTimeMonitoringSupported()
        ? 0
        : compilation.getTotalCompilationTime() * 1_000_000;
  }
}
