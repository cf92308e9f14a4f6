package dev.llamark.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.verify.GitHubActions;
import dev.llamark.verify.OutputOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchReportTest {

  private static final ForkResult.Failed CRASH =
      new ForkResult.Failed("the process ended with 134", "SIGSEGV in libmine.so");

  @TempDir private Path folder;

  private record Printed(String out, String err) {}

  private Path summary() {
    return folder.resolve("summary.md");
  }

  private Printed printed(boolean onGitHub, String format, Consumer<BenchReport> what) {
    OutputOptions output = new OutputOptions();
    new CommandLine(output).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--format", format);
    Map<String, String> environment = new HashMap<>();
    environment.put("GITHUB_STEP_SUMMARY", summary().toString());
    if (onGitHub) {
      environment.put("GITHUB_ACTIONS", "true");
    }
    PrintStream usualOut = System.out;
    PrintStream usualErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      what.accept(new BenchReport(output, "llamark bench model", new GitHubActions(environment)));
    } finally {
      System.setOut(usualOut);
      System.setErr(usualErr);
    }
    return new Printed(out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void resultsArePrintedInTheFormAskedForAndNotAmongRecords() {
    Consumer<BenchReport> results = report -> report.results("columns", "| columns |");
    assertThat(printed(false, "text", results).out()).isEqualTo("columns" + System.lineSeparator());
    assertThat(printed(false, "md", results).out())
        .isEqualTo("| columns |" + System.lineSeparator());
    assertThat(printed(false, "json", results).out()).isEmpty();
    assertThat(summary()).doesNotExist();
  }

  @Test
  void onGitHubResultsAreInTheSummaryAsMarkdownWhateverIsPrinted() {
    printed(true, "text", report -> report.results("columns", "| first |"));
    printed(true, "json", report -> report.results("columns", "| second |"));
    assertThat(summary()).content().contains("| first |", "| second |").doesNotContain("columns");
  }

  @Test
  void theHeadlineIsAboveTextAndInTheSummary() {
    Consumer<BenchReport> all =
        report -> {
          report.headline("llamark\nmodel tiny");
          report.results("columns", "| columns |");
        };
    assertThat(printed(true, "text", all).out())
        .isEqualToNormalizingNewlines("llamark\nmodel tiny\n\ncolumns\n");
    assertThat(printed(false, "md", all).out()).isEqualToNormalizingNewlines("| columns |\n");
    assertThat(summary())
        .content()
        .isEqualToNormalizingNewlines(
            "### llamark bench model\n\nllamark  \nmodel tiny\n\n| columns |\n");
  }

  @Test
  void aSummaryThatCannotBeWrittenCostsNoResults() throws IOException {
    Files.createDirectory(summary());
    Printed printed = printed(true, "text", report -> report.results("columns", "| columns |"));
    assertThat(printed.out()).isEqualTo("columns" + System.lineSeparator());
    assertThat(printed.err()).hasLineCount(1).startsWith("llamark: the step summary could not be");
  }

  @Test
  void onGitHubWhatFailsTheRunIsAnAnnotation() {
    Printed printed = printed(true, "text", report -> report.failed("mine · pp512", CRASH, true));
    assertThat(printed.out())
        .isEqualTo(
            "::error title=llamark bench model::mine · pp512: the process ended with 134"
                + System.lineSeparator());
    assertThat(printed.err()).contains("mine · pp512: the process ended with 134", "libmine.so");
  }

  @Test
  void failuresWithoutConsequenceAndOutsideGitHubAreToldOnly() {
    for (Printed printed :
        new Printed[] {
          printed(true, "text", report -> report.failed("ort · pp512", CRASH, false)),
          printed(false, "text", report -> report.failed("ort · pp512", CRASH, true)),
          printed(true, "json", report -> report.failed("ort · pp512", CRASH, true)),
          printed(true, "md", report -> report.failed("ort · pp512", CRASH, true)),
        }) {
      assertThat(printed.out()).isEmpty();
      assertThat(printed.err()).contains("ort · pp512: the process ended with 134");
    }
  }

  @Test
  void whatIsOnlyLackingIsANote() {
    Printed printed =
        printed(true, "text", report -> report.lacks("probe", CRASH, "no share is known"));
    assertThat(printed.out()).isEmpty();
    assertThat(printed.err())
        .startsWith("note: probe failed, so that no share is known: the process ended with 134");
  }
}
