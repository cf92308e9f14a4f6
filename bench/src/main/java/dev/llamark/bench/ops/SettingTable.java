package dev.llamark.bench.ops;

import dev.llamark.bench.compare.ComparisonOptions;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.run.ExitCode;
import dev.llamark.run.OpRecord;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OutputOptions.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Two settings of the same variants, row by row: A, B, and what can be said of them. */
final class SettingTable {

  private final ComparisonOptions options;
  private final double smallest;
  private final List<Verdict> verdicts = new ArrayList<>();
  private final TextTable table =
      new TextTable(
              "operation",
              "variant",
              "forks",
              "A",
              "B",
              "speed B ÷ A",
              "",
              "verdict",
              "B/call more")
          .alignRight(2, 3, 4, 5, 8);
  private boolean allocatesMore;

  SettingTable(ComparisonOptions options) {
    this.options = options;
    smallest = options.smallest(0);
  }

  /** Judges B by A, and adds their row; a contender that is alone is not judged. */
  List<OpRecord> judge(List<OpRecord> pair) {
    if (pair.size() < 2) {
      return pair;
    }
    OpRecord a = pair.getFirst();
    OpRecord b = pair.getLast();
    LogInterval speed = LogInterval.of(b.vs().get(a.setting().name()));
    Verdict verdict = Comparison.of(speed, smallest).verdict();
    verdicts.add(verdict);
    double more = b.allocBPerOp() - a.allocBPerOp();
    allocatesMore |= more >= 1;
    table.row(
        OpTable.title(b),
        both(variant(a), variant(b)),
        String.valueOf(b.timeNs().forks().length),
        OpTable.nanos(a.timeNs().median()),
        OpTable.nanos(b.timeNs().median()),
        String.format(Locale.ROOT, "%.3f", speed.estimate()),
        speed.known() ? String.format(Locale.ROOT, "[%.3f, %.3f]", speed.lo(), speed.hi()) : "[–]",
        verdict.word(),
        String.format(Locale.ROOT, "%.0f", more));
    return List.of(a, b.judged(verdict.word()));
  }

  private static String variant(OpRecord result) {
    return OpTable.variant(result) + ", " + result.threads() + " t";
  }

  private static String both(String a, String b) {
    return a.equals(b) ? a : a + " / " + b;
  }

  /** Prints the settings, the rows, and their sum. */
  void print(List<Setting> settings, Format format) {
    if (format == Format.JSON) {
      return;
    }
    for (Setting setting : settings) {
      OpRecord.Setting label = setting.label().orElseThrow();
      System.out.printf(
          "%s: %s%n", label.name(), label.options().isEmpty() ? "as it stands" : label.options());
    }
    System.out.println();
    System.out.println(format == Format.MD ? table.markdown() : table.text());
    System.out.println(ComparisonOptions.summary(verdicts, smallest));
  }

  /** What {@code --fail-on} makes of it. */
  ExitCode code() {
    return options.code(verdicts.contains(Verdict.SLOWER), allocatesMore);
  }
}
