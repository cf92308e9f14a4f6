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
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** However busy the compilers are, no more than the least time so many times over. */
  private static final int MOST_TIMES = 15;

  private static final long WINDOW_NANOS = 25_000_000;

  /** Time looked back upon. */
  private static final long LOOK_BACK_NANOS = 150_000_000;

  /** Compilers that are busy for less than this share of the time compile odds and ends. */
  private static final double IDLE_SHARE = 0.2;

  private static final String CUT = "llamark: still being compiled after ";

  private static volatile Object kept;

  /** Some calls of the body: how long they took, and for how long compilers worked meanwhile. */
  private record Window(long nanos, long busyNanos) {}

  private WarmUp() {}

  /** Calls it; says so if it is cut short. */
  static void run(Supplier<?> body) {
    run(body, Compilers::busyNanos);
  }

  /**
   * Calls it.
   *
   * @param compilers time that the compilers have spent so far, in ns
   */
  static void run(Supplier<?> body, LongSupplier compilers) {
    long least = Long.getLong(LEAST, DEFAULT_LEAST_MILLIS) * NANOS_PER_MILLI;
    long start = System.nanoTime();
    Deque<Window> windows = new ArrayDeque<>();
    long spent = 0;
    while (spent < least || !idle(windows) && spent < MOST_TIMES * least) {
      windows.addLast(window(body, compilers));
      while (nanos(windows) - windows.getFirst().nanos() >= LOOK_BACK_NANOS) {
        windows.removeFirst();
      }
      spent = System.nanoTime() - start;
    }
    if (!idle(windows)) {
      System.out.println(CUT + spent / NANOS_PER_MILLI + " ms");
    }
  }

  /** Whether a fork's output says that its warm-up was cut short. */
  public static boolean wasCut(String output) {
    return output.contains(CUT);
  }

  private static boolean idle(Deque<Window> windows) {
    long busy = windows.stream().mapToLong(Window::busyNanos).sum();
    long nanos = nanos(windows);
    return nanos >= LOOK_BACK_NANOS && busy < IDLE_SHARE * nanos;
  }

  private static long nanos(Deque<Window> windows) {
    return windows.stream().mapToLong(Window::nanos).sum();
  }

  /** Calls the body for the length of a window; a long call is one by itself. */
  private static Window window(Supplier<?> body, LongSupplier compilers) {
    long busy = compilers.getAsLong();
    long from = System.nanoTime();
    do {
      kept = body.get();
    } while (System.nanoTime() - from < WINDOW_NANOS);
    return new Window(System.nanoTime() - from, compilers.getAsLong() - busy);
  }
}
