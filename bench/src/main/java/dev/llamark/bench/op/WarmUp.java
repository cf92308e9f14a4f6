package dev.llamark.bench.op;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Calls a benchmark's body until it runs at its own speed: for a least time, and until the JIT
 * compilers have had nothing to do for a while. How long that takes differs by a hundred times
 * between a loop and a kernel of many large methods, so that no fixed number of iterations fits
 * both. JMH's own warm-up, which follows, need only compile JMH's own loop.
 */
public final class WarmUp {

  /** Least time, in milliseconds. */
  public static final String LEAST = "llamark.warmup.ms";

  private static final long DEFAULT_LEAST_MILLIS = 500;

  /** However busy the compilers are, no more than the least time so many times over. */
  private static final int MOST_TIMES = 15;

  private static final long WINDOW_NANOS = 25_000_000;

  /** Windows looked back upon. */
  private static final int WINDOWS = 6;

  /** Compilers that are busy for less than this share of the windows compile odds and ends. */
  private static final double IDLE_SHARE = 0.2;

  private static final String CUT_OFF = "llamark: warm-up was cut off: compilers still at work";

  private static volatile Object kept;

  private WarmUp() {}

  /** Calls it; says so, if the compilers were still at work at the end. */
  static void run(Supplier<?> body) {
    run(body, Compilers::busyNanos);
  }

  /**
   * Calls it.
   *
   * @param busyNanos time that the compilers have spent so far
   */
  static void run(Supplier<?> body, LongSupplier busyNanos) {
    long least = Long.getLong(LEAST, DEFAULT_LEAST_MILLIS) * 1_000_000;
    long start = System.nanoTime();
    Deque<Double> shares = new ArrayDeque<>();
    long spent = 0;
    while (spent < least
        || !(shares.size() == WINDOWS && idle(shares)) && spent < MOST_TIMES * least) {
      if (shares.size() == WINDOWS) {
        shares.removeFirst();
      }
      shares.addLast(busyShare(body, busyNanos));
      spent = System.nanoTime() - start;
    }
    if (!idle(shares)) {
      System.out.println(CUT_OFF);
    }
  }

  /** Whether a fork's output says that its warm-up was cut off. */
  public static boolean cutOff(String output) {
    return output.contains(CUT_OFF);
  }

  private static boolean idle(Deque<Double> shares) {
    return shares.stream().mapToDouble(Double::doubleValue).average().orElse(1) < IDLE_SHARE;
  }

  /** Calls the body for the length of a window; how busy the compilers were meanwhile. */
  private static double busyShare(Supplier<?> body, LongSupplier busyNanos) {
    long busy = busyNanos.getAsLong();
    long from = System.nanoTime();
    do {
      kept = body.get();
    } while (System.nanoTime() - from < WINDOW_NANOS);
    double window = System.nanoTime() - from;
    return Math.max(0, busyNanos.getAsLong() - busy) / window; // a thread may have ended
  }
}
