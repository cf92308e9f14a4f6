package dev.llamark.bench.report;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.run.EnvironmentException;
import dev.llamark.verify.GitHubActions;
import dev.llamark.verify.OutputOptions;
import dev.llamark.verify.OutputOptions.Format;

/**
 * What a command of {@code bench} prints of its results and of the forks that did not get through,
 * and what GitHub Actions shows of both: the table in the step's summary, and among text an
 * annotation for each fork for which the run fails.
 */
public final class BenchReport {

  private final OutputOptions output;
  private final String command;
  private final GitHubActions actions;
  private String headline = "";

  /**
   * @param command as annotations name it: {@code llamark bench model}
   */
  public BenchReport(OutputOptions output, String command) {
    this(output, command, new GitHubActions(System.getenv()));
  }

  BenchReport(OutputOptions output, String command, GitHubActions actions) {
    this.output = output;
    this.command = command;
    this.actions = actions;
  }

  /**
   * What is measured, and where: lines above all else.
   *
   * @param lines without the last line's end
   */
  public void headline(String lines) {
    headline = lines;
    if (output.text()) {
      System.out.println(lines + "\n");
    }
  }

  /**
   * The results, which for JSON are printed already, as records.
   *
   * @param text for a terminal
   * @param markdown for a pull request, and the step's summary
   */
  public void results(String text, String markdown) {
    if (output.format() != Format.JSON) {
      System.out.println(output.text() ? text : markdown);
    }
    summarise("### %s%n%n%s%n%n%s".formatted(command, headline.replace("\n", "  \n"), markdown));
  }

  /** Results are not lost for want of a summary. */
  private void summarise(String markdown) {
    try {
      actions.summarise(markdown);
    } catch (EnvironmentException e) {
      System.err.println("llamark: " + e.getMessage());
    }
  }

  /**
   * What did not get through: the reason, and what it printed last.
   *
   * @param gates whether the run fails by it; a peer's failure is told only
   */
  public void failed(String title, ForkResult.Failed what, boolean gates) {
    System.err.print(what.text(title));
    if (gates) {
      annotate(title + ": " + what.reason());
    }
  }

  /** Something without which the run is right, but says less. */
  public void lacks(String title, ForkResult.Failed what, String lacking) {
    System.err.print(what.note(title, lacking));
  }

  private void annotate(String sentence) {
    if (actions.active() && output.text()) {
      System.out.println(GitHubActions.error(command, sentence));
    }
  }
}
