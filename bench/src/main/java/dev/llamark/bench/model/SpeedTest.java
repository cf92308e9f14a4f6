package dev.llamark.bench.model;

import dev.llamark.bench.fork.Timing;
import java.time.Duration;

/**
 * One of llama-bench's tests.
 *
 * @param kind what is done with the tokens
 * @param tokens of a call
 * @param depth tokens in the cache before
 */
record SpeedTest(Kind kind, int tokens, int depth) {

  /** A call may take seconds: each iteration has one at least, and the limit is far. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final Duration ITERATION = Duration.ofMillis(500);

  /** What is done with the tokens. */
  enum Kind {
    /** All at once. */
    PROMPT("prompt", "pp", 3, 3),
    /** One after the other: a call warms every kernel up by itself. */
    GENERATE("generate", "tg", 2, 2);

    private final String method;
    private final String prefix;
    private final int warmups;
    private final int iterations;

    Kind(String method, String prefix, int warmups, int iterations) {
      this.method = method;
      this.prefix = prefix;
      this.warmups = warmups;
      this.iterations = iterations;
    }
  }

  /** The benchmark's method. */
  String method() {
    return kind.method;
  }

  /** As llama-bench names it: {@code pp512}. */
  String name() {
    return kind.prefix + tokens;
  }

  /** As a person reads it: {@code pp512 @ d4096}. */
  static String title(String name, int depth) {
    return depth > 0 ? name + " @ d" + depth : name;
  }

  /** How long a fork measures. */
  Timing timing(boolean quick) {
    return quick
        ? new Timing(kind.warmups - 1, 1, ITERATION, LIMIT)
        : new Timing(kind.warmups, kind.iterations, ITERATION, LIMIT);
  }
}
