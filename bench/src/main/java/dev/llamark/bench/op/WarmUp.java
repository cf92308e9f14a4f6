package dev.llamark.bench.op;

import java.util.ArrayDeque;
import java.util.Deque;
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

  private static volatile Object kept;

  private WarmUp() {}

  /** Calls it. */
  static void run(Supplier<?> body) {
    long least = Long.getLong(LEAST, DEFAULT_LEAST_MILLIS) * 1_000_000;
    long start = System.nanoTime();
    Deque<Double> shares = new ArrayDeque<>();
    long spent = 0;
    while (spent < least || !idle(shares) && spent < MOST_TIMES * least) {
      if (shares.size() == WINDOWS) {
        shares.removeFirst();
      }
      shares.addLast(busyShare(body));
      spent = System.nanoTime() - start;
    }
  }

  private static boolean idle(Deque<Double> shares) {
    return shares.size() == WINDOWS
        && shares.stream().mapToDouble(Double::doubleValue).average().orElse(1) < IDLE_SHARE;
  }

  /** Calls the body for the length of a window; how busy the compilers were meanwhile. */
  private static double busyShare(Supplier<?> body) {
    long busy = Compilers.busyNanos();
    long from = System.nanoTime();
    do {
      kept = body.get();
    } while (System.nanoTime() - from < WINDOW_NANOS);
    double window = System.nanoTime() - from;
    return (Compilers.busyNanos() - busy) / window;
  }
}
