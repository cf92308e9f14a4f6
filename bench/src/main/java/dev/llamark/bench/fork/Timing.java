package dev.llamark.bench.fork;

import java.time.Duration;

/**
 * How long a fork measures.
 *
 * @param warmUp least time for which a benchmark calls its body in its set-up: until it is compiled
 * @param warmups iterations before anything counts
 * @param iterations iterations that count
 * @param iteration length of one
 * @param limit after which a fork is taken to hang, its start and set-up included
 */
public record Timing(
    Duration warmUp, int warmups, int iterations, Duration iteration, Duration limit) {

  /** Of a JVM: its start, JMH's handshake, its end. */
  private static final Duration START = Duration.ofMillis(900);

  /** Of long calls: JMH's own loop is compiled after the first. */
  private static final int LEAST_WARMUPS = 2;

  /** Of long calls: a median needs three. */
  private static final int LEAST_ITERATIONS = 3;

  /**
   * For a first look at operations, which warm up by themselves: many short iterations, the first
   * of which JMH's own loop needs.
   */
  public static final Timing QUICK_OPS =
      new Timing(Duration.ofMillis(300), 6, 9, Duration.ofMillis(25), Duration.ofSeconds(60));

  /** For a figure of an operation to be quoted. */
  public static final Timing FULL_OPS =
      new Timing(Duration.ofMillis(800), 2, 21, Duration.ofMillis(80), Duration.ofSeconds(180));

  /** Of a benchmark whose set-up does not warm up. */
  public Timing(int warmups, int iterations, Duration iteration, Duration limit) {
    this(Duration.ofMillis(300), warmups, iterations, iteration, limit);
  }

  /** With another limit. */
  public Timing limitedTo(Duration other) {
    return new Timing(warmUp, warmups, iterations, iteration, other);
  }

  /**
   * The same time for calls of which one takes longer than an iteration: JMH lets each iteration
   * have a whole call, so that as many iterations would take many times as long.
   */
  Timing forCalls(double nanos) {
    return nanos <= iteration.toNanos()
        ? this
        : new Timing(
            warmUp,
            count(warmups, nanos, LEAST_WARMUPS),
            count(iterations, nanos, LEAST_ITERATIONS),
            iteration,
            limit);
  }

  private int count(int most, double nanos, int least) {
    return Math.min(most, Math.max(least, (int) (iteration.toNanos() * (double) most / nanos)));
  }

  /** How long a fork takes whose calls are short. */
  public Duration expected() {
    return START.plus(warmUp).plus(iteration.multipliedBy(warmups + (long) iterations));
  }
}
