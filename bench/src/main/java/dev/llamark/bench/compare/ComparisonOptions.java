package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OutputOptions.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How two runs are compared, and what of it fails. */
public final class ComparisonOptions {

  /** What makes the command fail. */
  enum FailOn {
    SLOWER,
    ALLOCATES
  }

  @Option(
      names = "--threshold",
      paramLabel = "P%",
      description =
          "Smallest difference that counts; default 3%%, or what the machine's own probes differ by.")
  private String threshold;

  @Option(
      names = "--fail-on",
      split = ",",
      paramLabel = "slower|allocates",
      description = "Exit with 3 if a case is slower, or allocates more.")
  private Set<FailOn> failOn = EnumSet.noneOf(FailOn.class);

  @Option(
      names = "--anyway",
      description = "Compare even what was measured on another CPU, JDK, or with other flags.")
  private boolean anyway;

  /** Compares, prints, and judges. */
  ExitCode compare(List<ObjectNode> base, List<ObjectNode> next, Format format) {
    List<ObjectNode> both = new ArrayList<>(base);
    both.addAll(next);
    double smallest = smallest(ResultComparison.noise(both));
    ResultComparison comparison =
        ResultComparison.of(base, next, smallest, threshold == null, anyway);
    if (format != Format.JSON) {
      print(comparison, smallest, format);
    } else {
      printJson(comparison);
    }
    return code(comparison.any(Verdict.SLOWER), comparison.allocatesMore());
  }

  /**
   * The smallest difference that counts.
   *
   * @param noise difference that the machine shows between two runs of the same, 0.02 for 2 %
   */
  public double smallest(double noise) {
    return threshold == null ? Comparison.threshold(noise) : parse(threshold);
  }

  /** What follows from a case that is slower, or that allocates more, by {@code --fail-on}. */
  public ExitCode code(boolean slower, boolean allocatesMore) {
    boolean failed =
        failOn.contains(FailOn.SLOWER) && slower
            || failOn.contains(FailOn.ALLOCATES) && allocatesMore;
    return failed ? ExitCode.SLOWER : ExitCode.OK;
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

  private static double parse(String percent) {
    try {
      double share = Double.parseDouble(percent.replace("%", "").strip()) / 100;
      if (share >= 0) {
        return share;
      }
    } catch (NumberFormatException e) {
      throw new InputException("--threshold must read like 3%%, but is '%s'".formatted(percent), e);
    }
    throw new InputException("--threshold must not be negative, but is " + percent);
  }

  private static void print(ResultComparison comparison, double smallest, Format format) {
    TextTable table =
        new TextTable("case", "forks", "speed new ÷ base", "", "verdict").alignRight(1, 2);
    for (ResultComparison.Row row : comparison.rows()) {
      LogInterval speed = row.comparison().speed();
      table.row(
          row.key(),
          String.valueOf(row.forks()),
          String.format(Locale.ROOT, "%.3f", speed.estimate()),
          speed.known() ? String.format(Locale.ROOT, "[%.3f, %.3f]", speed.lo(), speed.hi()) : "",
          row.comparison().verdict().word() + counts(row, smallest) + allocation(row));
    }
    comparison.onlyBase().forEach(key -> table.note("only in base: " + key));
    comparison.onlyNext().forEach(key -> table.note("only in new: " + key));
    System.out.println(format == Format.MD ? table.markdown() : table.text());
    List<Verdict> verdicts =
        comparison.rows().stream().map(row -> row.comparison().verdict()).toList();
    System.out.println(summary(verdicts, smallest));
  }

  private static void printJson(ResultComparison comparison) {
    for (ResultComparison.Row row : comparison.rows()) {
      LogInterval speed = row.comparison().speed();
      System.out.printf(
          Locale.ROOT,
          "{\"case\":\"%s\",\"ratio\":%s,\"lo\":%s,\"hi\":%s,\"verdict\":\"%s\"}%n",
          row.key().replace("\\", "\\\\").replace("\"", "\\\""),
          speed.estimate(),
          speed.known() ? speed.lo() : null,
          speed.known() ? speed.hi() : null,
          row.comparison().verdict().word());
    }
  }

  private static String counts(ResultComparison.Row row, double smallest) {
    return row.smallest() > smallest
        ? String.format(Locale.ROOT, " (the machine differs by %.0f %%)", 100 * row.smallest())
        : "";
  }

  private static String allocation(ResultComparison.Row row) {
    return row.moreAllocated() >= 1
        ? String.format(Locale.ROOT, ", allocates %.0f B a call more", row.moreAllocated())
        : "";
  }
}
