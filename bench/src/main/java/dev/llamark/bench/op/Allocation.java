package dev.llamark.bench.op;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a call allocates: the difference of what all threads have allocated before and after some
 * calls. Whatever else a JVM does adds to it now and then and never subtracts, so the least of
 * several differences is the calls' own.
 */
public final class Allocation {

  private static final Pattern LINE = Pattern.compile("llamark: \\S+ allocates (\\S+) B per call");
  private static final int LEAST_DIFFERENCES = 2;
  private static final int MOST_DIFFERENCES = 5;
  private static final long NANOS = 10_000_000;

  /** Slow calls are not repeated for longer than this. */
  private static final long MOST_NANOS = 200_000_000;

  private static final int MOST_CALLS = 1000;

  private static volatile Object kept;

  private Allocation() {}

  /**
   * Measures a warm body and says the figure.
   *
   * @param operations that one call of the body does
   */
  static void print(String variant, int operations, Supplier<?> body) {
    if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
      System.out.printf(
          Locale.ROOT,
          "llamark: %s allocates %.1f B per call%n",
          variant,
          perCall(threads, body) / operations);
    }
  }

  private static double perCall(ThreadMXBean threads, Supplier<?> body) {
    int calls = calls(body);
    double least = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    for (int i = 0;
        i < LEAST_DIFFERENCES || i < MOST_DIFFERENCES && System.nanoTime() - start < MOST_NANOS;
        i++) {
      long before = threads.getTotalThreadAllocatedBytes();
      for (int call = 0; call < calls; call++) {
        kept = body.get();
      }
      least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
    }
    return least / calls;
  }

  /** As many as fit a moment. */
  private static int calls(Supplier<?> body) {
    long start = System.nanoTime();
    int calls = 0;
    while (System.nanoTime() - start < NANOS && calls < MOST_CALLS) {
      kept = body.get();
      calls++;
    }
    return calls;
  }

  /** What a fork's output says of it; empty if it says nothing. */
  public static OptionalDouble of(String output) {
    Matcher matcher = LINE.matcher(output);
    return matcher.find()
        ? OptionalDouble.of(Double.parseDouble(matcher.group(1)))
        : OptionalDouble.empty();
  }
}
