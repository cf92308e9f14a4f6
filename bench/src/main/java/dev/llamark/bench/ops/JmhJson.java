package dev.llamark.bench.ops;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.PairedRun;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** JMH's own report of all forks, for the viewers that there are. */
final class JmhJson {

  private final List<RunResult> results = new ArrayList<>();

  /** Puts the forks of each contender together, as if JMH had run them in a row. */
  void add(PairedRun.Rounds rounds) {
    for (List<ForkResult.Measured> forks : rounds.measured().values()) {
      List<BenchmarkResult> jmh = forks.stream().map(ForkResult.Measured::jmh).toList();
      if (!jmh.isEmpty()) {
        results.add(new RunResult(jmh.getFirst().getParams(), jmh));
      }
    }
  }

  /** Where the report of these results goes: {@code b.jsonl} has {@code b.jmh.json} beside it. */
  static Path beside(Path out) {
    String name = out.getFileName().toString().replaceFirst("\\.jsonl?$", "") + ".jmh.json";
    return out.resolveSibling(name);
  }

  /** Writes what there is so far. */
  void write(Path file) {
    try (PrintStream stream =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, stream).writeOut(results);
    } catch (IOException e) {
      throw new UncheckedIOException("writing JMH's report to '" + file + "'", e);
    }
  }
}
