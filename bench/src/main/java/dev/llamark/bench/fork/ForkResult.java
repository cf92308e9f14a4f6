package dev.llamark.bench.fork;

import org.openjdk.jmh.results.BenchmarkResult;

/** What became of a fork. */
public sealed interface ForkResult {

  /**
   * It measured.
   *
   * @param nanos time of one call: the median of its iterations
   * @param allocated bytes allocated per call; JMH's own included if the benchmark does not say
   * @param warm whether it had become as fast as it gets before that
   * @param output what it printed
   * @param jmh for JMH's own report
   */
  record Measured(double nanos, double allocated, boolean warm, String output, BenchmarkResult jmh)
      implements ForkResult {

    /** One that had become as fast as it gets. */
    public Measured(double nanos, double allocated, String output, BenchmarkResult jmh) {
      this(nanos, allocated, true, output, jmh);
    }
  }

  /**
   * It crashed, hung, or threw.
   *
   * @param reason in a sentence
   * @param output the last that it printed
   */
  record Failed(String reason, String output) implements ForkResult {

    /** As a person reads it: the reason, and below it what was printed. */
    public String text(String title) {
      return "%s: %s%n%s%n%n".formatted(title, reason, output.indent(4).stripTrailing());
    }

    /** The same of a fork without which the run is right, but says less. */
    public String note(String title, String lacking) {
      return text("note: %s failed, so that %s".formatted(title, lacking));
    }
  }
}
