package dev.llamark.verify;

import dev.llamark.run.ExitCode;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OutputOptions.Format;

/** What a command of {@code verify} prints, and what GitHub Actions shows of it. */
final class CommandReport {

  private final long start = System.nanoTime();
  private final OutputOptions output;
  private final String command;
  private final GitHubActions actions = new GitHubActions(System.getenv());
  private final StringBuilder summary = new StringBuilder();

  /**
   * @param command as annotations name it: {@code llamark verify self}
   */
  CommandReport(OutputOptions output, String command) {
    this.output = output;
    this.command = command;
  }

  /** Text for a person; JSON is for programs. */
  void print(String text) {
    if (text != null && output.format() != Format.JSON) {
      System.out.println(text);
    }
  }

  /** A sentence that a person must see before the work starts, whatever the format. */
  void warn(String sentence) {
    System.err.println("llamark: " + sentence);
  }

  /** A sentence, printed and in the summary. */
  void note(String sentence) {
    print(sentence + "\n");
    summary.append('\n').append(sentence).append('\n');
  }

  /**
   * A table, printed and in the summary.
   *
   * @param headline the line above it, or empty
   * @param notes lines below it, or empty
   */
  void table(String headline, TextTable table, String notes) {
    print(headline.isEmpty() ? null : headline);
    print(output.format() == Format.MD ? "\n" + table.markdown() : table.text());
    print(notes.isEmpty() ? null : "  " + notes.replace("\n", "\n  ") + "\n");
    summary.append('\n').append(headline).append("\n\n").append(table.markdown()).append(notes);
  }

  /** The verdict over all: prints it, annotates failures, writes the summary; the exit code. */
  int end(Outcome outcome, boolean strict) {
    String verdict = outcome.text((System.nanoTime() - start) / 1e9);
    print(verdict);
    summary.append('\n').append(verdict).append('\n');
    actions.summarise(summary.toString());
    ExitCode code = outcome.exitCode(strict);
    if (output.format() == Format.JSON && code != ExitCode.OK) {
      warn(verdict);
    }
    if (actions.active() && code != ExitCode.OK && output.text()) {
      System.out.println(GitHubActions.error(command, verdict));
    }
    return code.code();
  }
}
