package dev.llamark.bench.compare;

import dev.llamark.run.ResultReader;
import dev.llamark.verify.OutputOptions.Format;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llamark compare}. */
@Command(
    name = "compare",
    description = "Compare two result files case by case: faster, slower, same or undecided.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class CompareCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "BASE", description = "Results to compare with.")
  private Path base;

  @Parameters(index = "1", paramLabel = "NEW", description = "Results to judge.")
  private Path next;

  @Option(
      names = "--format",
      paramLabel = "text|json|md",
      description = "What is printed: text (default), json, md (Markdown).")
  private Format format = Format.TEXT;

  @Mixin private ComparisonOptions options;

  @Override
  public Integer call() {
    return options
        .compare(ResultReader.read(base), ResultReader.read(next), row -> true, format, System.out)
        .code();
  }
}
