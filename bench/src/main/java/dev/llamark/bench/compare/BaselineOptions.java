package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ResultReader;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.ResultWriter;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.OutputOptions.Format;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Baselines: results kept by name in {@code .llamark/baselines}. */
public final class BaselineOptions {

  private static final Path FOLDER = Path.of(".llamark", "baselines");

  @Option(
      names = "--baseline",
      paramLabel = "NAME",
      description = "Compare with the results kept under this name.")
  private String baseline;

  @Option(
      names = "--save-baseline",
      paramLabel = "NAME",
      description =
          "Keep the results under this name, in .llamark/baselines; if it is --baseline's, only if"
              + " they pass.")
  private String saved;

  @Mixin private ComparisonOptions comparison;

  private static Path file(String name) {
    if (!name.matches("[\\w.-]+")) {
      throw new InputException(
          "a baseline's name must be letters, digits, '.', '-' and '_', but is '%s'"
              .formatted(name));
    }
    return FOLDER.resolve(name + ".jsonl");
  }

  /** What makes a comparison fail. */
  public ComparisonOptions comparison() {
    return comparison;
  }

  /** Whether results are to be compared with others, or kept for that. */
  public boolean given() {
    return baseline != null || saved != null;
  }

  /** Before the run: that the baseline is there, and one is named if something fails by it. */
  public void check() {
    if (baseline == null && comparison.gates()) {
      throw new InputException(
          "--fail-on judges a comparison, but there is none: it needs --baseline NAME, or in bench"
              + " ops --a and --b");
    }
    if (saved != null) {
      file(saved);
    }
    if (baseline != null && !Files.isRegularFile(file(baseline))) {
      throw new InputException(
          "no baseline '%s': there is no file %s; --save-baseline makes one"
              .formatted(baseline, file(baseline)));
    }
  }

  /**
   * After the run: compares and keeps. A baseline gives way only to a run that passes by it; under
   * another name results are kept whatever a comparison says of them.
   *
   * @param own what the run itself ends with
   * @param selected whether a row of the baseline is of a case and variant that this run had to
   *     time
   */
  public ExitCode judge(
      ExitCode own,
      List<? extends ResultRecord> records,
      Predicate<ObjectNode> selected,
      OutputOptions output) {
    if (records.isEmpty()) {
      return own;
    }
    boolean replaces = saved != null && saved.equals(baseline);
    if (saved != null && !replaces) {
      save(records);
    }
    ExitCode code = baseline == null ? own : own.and(compare(records, selected, output));
    if (replaces && code == ExitCode.OK) {
      save(records);
    } else if (replaces) {
      System.err.printf("llamark: baseline '%s' stays as it was: this run fails%n", baseline);
    }
    return code;
  }

  /** Where the records themselves are printed, what is said of them is no part of them. */
  private ExitCode compare(
      List<? extends ResultRecord> records, Predicate<ObjectNode> selected, OutputOptions output) {
    List<ObjectNode> base = ResultReader.read(file(baseline));
    List<ObjectNode> next = records.stream().map(ResultWriter::object).toList();
    return output.format() == Format.JSON
        ? comparison.compare(base, next, selected, Format.TEXT, System.err)
        : comparison.compare(base, next, selected, output.format(), System.out);
  }

  private void save(List<? extends ResultRecord> records) {
    try (ResultWriter writer = ResultWriter.create(file(saved))) {
      records.forEach(writer::write);
    }
  }
}
