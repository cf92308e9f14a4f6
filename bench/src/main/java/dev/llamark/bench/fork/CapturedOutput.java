package dev.llamark.bench.fork;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** Keeps what JMH and the fork print, to be shown if something goes wrong. */
final class CapturedOutput implements OutputFormat {

  private static final int TAIL_LINES = 30;
  private static final Pattern EXIT_CODE = Pattern.compile("failed with exit code (\\d+)");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A stream whose text is kept too. */
  PrintStream stream() {
    OutputStream kept =
        new OutputStream() {
          @Override
          public void write(int b) {
            CapturedOutput.this.write(b);
          }

          @Override
          public void write(byte[] b, int from, int count) {
            CapturedOutput.this.write(Arrays.copyOfRange(b, from, from + count));
          }
        };
    return new PrintStream(kept, true, StandardCharsets.UTF_8);
  }

  synchronized String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The last lines that say something. */
  String tail() {
    List<String> lines = text().lines().filter(line -> !line.isBlank()).toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  /** How the fork ended, if not well. */
  Optional<String> exitCode() {
    Matcher matcher = EXIT_CODE.matcher(text());
    return matcher.find()
        ? Optional.of("crashed with exit code " + matcher.group(1))
        : Optional.empty();
  }

  @Override
  public synchronized void write(int b) {
    bytes.write(b);
  }

  @Override
  public synchronized void write(byte[] b) {
    bytes.writeBytes(b);
  }

  @Override
  public void print(String s) {
    write(s.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void println(String s) {
    print(s + "\n");
  }

  @Override
  public void verbosePrintln(String s) {}

  @Override
  public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {}

  @Override
  public void iterationResult(
      BenchmarkParams benchmark, IterationParams params, int iteration, IterationResult data) {}

  @Override
  public void startBenchmark(BenchmarkParams params) {}

  @Override
  public void endBenchmark(BenchmarkResult result) {}

  @Override
  public void startRun() {}

  @Override
  public void endRun(Collection<RunResult> results) {}

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
