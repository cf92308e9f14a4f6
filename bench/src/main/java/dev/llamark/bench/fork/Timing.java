package dev.llamark.bench.fork;

import java.time.Duration;

/**
 * How long a fork measures.
 *
 * @param warmups iterations before anything counts
 * @param iterations iterations that count
 * @param iteration length of one
 * @param limit after which a fork is taken to hang, its start and set-up included
 */
public record Timing(int warmups, int iterations, Duration iteration, Duration limit) {

  /** Of a JVM: its start, JMH's handshake, its end. */
  private static final Duration START = Duration.ofMillis(900);

  /** For a first look. */
  public static final Timing QUICK =
      new Timing(6, 3, Duration.ofMillis(120), Duration.ofSeconds(60));

  /** For a figure to be quoted. */
  public static final Timing FULL =
      new Timing(5, 5, Duration.ofMillis(400), Duration.ofSeconds(180));

  /** With another limit. */
  public Timing limitedTo(Duration other) {
    return new Timing(warmups, iterations, iteration, other);
  }

  /** How long a fork takes whose calls are short. */
  public Duration expected() {
    return START.plus(iteration.multipliedBy(warmups + (long) iterations));
  }
}
