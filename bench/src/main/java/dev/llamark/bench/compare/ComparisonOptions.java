package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.options.PercentConverter;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.run.ExitCode;
import dev.llamark.verify.GitHubActions;
import dev.llamark.verify.OutputOptions.Format;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How two runs are compared, and what of it fails. */
public final class ComparisonOptions {

  @Option(
      names = "--threshold",
      paramLabel = "P%",
      converter = PercentConverter.class,
      description =
          "Smallest difference that counts; default 3%%, or what the machine's own probes differ by.")
  private Double threshold;

  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "slower|allocates",
      description =
          "Exit with 3 if a case is slower, or allocates more; with 2 if one that was to be compared"
              + " is missing, or has too few forks or no probe to tell.")
  private Set<Gate.FailOn> failOn = EnumSet.noneOf(Gate.FailOn.class);

  @Option(
      names = "--partial",
      description = "Cases may be missing from the new results, such as those of other shards.")
  private boolean partial;

  @Option(
      names = "--anyway",
      description = "Compare even what was measured on another CPU, JDK, or with other flags.")
  private boolean anyway;

  private final GitHubActions actions;

  public ComparisonOptions() {
    this(new GitHubActions(System.getenv()));
  }

  ComparisonOptions(GitHubActions actions) {
    this.actions = actions;
  }

  /**
   * Compares, prints, and judges.
   *
   * @param expected which rows of the base the new run was to have
   * @param out where it is printed
   */
  ExitCode compare(
      List<ObjectNode> base,
      List<ObjectNode> next,
      Predicate<ObjectNode> expected,
      Format format,
      PrintStream out) {
    List<ObjectNode> both = new ArrayList<>(base);
    both.addAll(next);
    double smallest = smallest(ResultComparison.noise(both));
    ResultComparison comparison =
        ResultComparison.of(base, next, smallest, threshold == null, anyway);
    ComparisonTable table = new ComparisonTable(comparison, smallest);
    table.print(format, out);
    actions.summarise(table.markdown());
    return conclude(new Gate(failOn, partial, expected).judge(comparison), format, out);
  }

  /** Whether something is to fail by a comparison. */
  boolean gates() {
    return !failOn.isEmpty();
  }

  private ExitCode conclude(Gate.Judgement judgement, Format format, PrintStream out) {
    if (format != Format.JSON) {
      judgement.failures().forEach(failure -> out.println("FAIL: " + failure));
    }
    out.flush();
    judgement.unseen().forEach(sentence -> System.err.println("llamark: " + sentence));
    if (actions.active() && format == Format.TEXT) {
      Stream.concat(judgement.failures().stream(), judgement.unseen().stream())
          .forEach(why -> out.println(GitHubActions.error("llamark compare", why)));
    }
    return judgement.code();
  }

  /**
   * The smallest difference that counts.
   *
   * @param noise difference that the machine shows between two runs of the same, 0.02 for 2 %
   */
  public double smallest(double noise) {
    return threshold == null ? Comparison.threshold(noise) : threshold;
  }

  /** How many of each verdict, and from what a difference counts. */
  public static String summary(List<Verdict> verdicts, double smallest) {
    return String.format(
        Locale.ROOT,
        "%s; a difference counts from %.1f %%",
        Arrays.stream(Verdict.values())
            .map(verdict -> Collections.frequency(verdicts, verdict) + " " + verdict.word())
            .collect(Collectors.joining(", ")),
        100 * smallest);
  }

  /**
   * What follows by {@code --fail-on} from two settings of one run; says why.
   *
   * @param found in what was compared
   * @param unpaired what could not be compared
   */
  public ExitCode conclude(Findings found, List<String> unpaired, Format format) {
    return conclude(Gate.judge(failOn, found, unpaired), format, System.out);
  }
}
