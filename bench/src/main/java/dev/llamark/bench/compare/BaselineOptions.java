package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.ResultReader;
import dev.llamark.run.ResultRecord;
import dev.llamark.run.ResultWriter;
import dev.llamark.verify.OutputOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
      description = "Keep the results under this name, in .llamark/baselines.")
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

  /** Before the run: that the baseline is there. */
  public void check() {
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
   * After the run: compares and keeps.
   *
   * @param selected whether a row of the baseline is of a case and variant that this run had to
   *     time
   * @return empty if nothing speaks against the run's own code
   */
  public Optional<ExitCode> judge(
      List<? extends ResultRecord> records, Predicate<ObjectNode> selected, OutputOptions output) {
    Optional<ExitCode> code = Optional.empty();
    if (baseline != null && !records.isEmpty()) {
      List<ObjectNode> next = records.stream().map(ResultWriter::object).toList();
      ExitCode found =
          comparison.compare(ResultReader.read(file(baseline)), next, selected, output.format());
      code = found == ExitCode.OK ? code : Optional.of(found);
    }
    if (saved != null && !records.isEmpty()) {
      try (ResultWriter writer = ResultWriter.create(file(saved))) {
        records.forEach(writer::write);
      }
    }
    return code;
  }
}
