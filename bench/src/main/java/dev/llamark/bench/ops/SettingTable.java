package dev.llamark.bench.ops;

import dev.llamark.bench.compare.ComparisonOptions;
import dev.llamark.bench.compare.Findings;
import dev.llamark.bench.report.BenchReport;
import dev.llamark.bench.statistics.Comparison;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.run.ExitCode;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Ratio;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OutputOptions.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Two settings of the same variants, row by row: A, B, and what can be said of them. */
final class SettingTable {

  /** Setting A, run once more. */
  static final OpRecord.Setting AGAIN = new OpRecord.Setting("A again", "");

  private static final String PEER = "peer";

  private final ComparisonOptions options;
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
              "A again ÷ A",
              "verdict",
              "B/call more")
          .alignRight(2, 3, 4, 5, 7, 9);
  private final Findings found = new Findings();

  SettingTable(ComparisonOptions options) {
    this.options = options;
  }

  /**
   * Judges B by A, and adds their row; a contender that is alone is not judged. A difference must
   * exceed that of A from itself, as the machine shows it meanwhile.
   *
   * @return the records of A and B, as far as they ran
   */
  List<OpRecord> judge(List<OpRecord> ran) {
    List<OpRecord> pair = ran.stream().filter(r -> !r.setting().equals(AGAIN)).toList();
    if (pair.size() < 2) {
      return pair;
    }
    OpRecord a = pair.getFirst();
    OpRecord b = pair.getLast();
    LogInterval speed = LogInterval.of(b.vs().get(a.setting().name()));
    Optional<Double> itself =
        Optional.ofNullable(a.vs().get(AGAIN.name())).map(Ratio::ratio).map(ratio -> 1 / ratio);
    double noise = itself.map(ratio -> Math.max(ratio, 1 / ratio) - 1).orElse(0.0);
    Verdict verdict = Comparison.of(speed, options.smallest(noise)).verdict();
    double more = b.allocBPerOp() - a.allocBPerOp();
    boolean peer = PEER.equals(b.role());
    verdicts.add(verdict);
    String title = OpTable.title(b) + " of " + both(variant(a), variant(b));
    if (!peer) {
      gate(title, b.timeNs().forks().length, verdict, more);
    }
    table.row(
        OpTable.title(b),
        both(variant(a), variant(b)),
        String.valueOf(b.timeNs().forks().length),
        OpTable.nanos(a.timeNs().median()),
        OpTable.nanos(b.timeNs().median()),
        String.format(Locale.ROOT, "%.3f", speed.estimate()),
        speed.known() ? String.format(Locale.ROOT, "[%.3f, %.3f]", speed.lo(), speed.hi()) : "[–]",
        itself.map(ratio -> String.format(Locale.ROOT, "%.3f", ratio)).orElse("–"),
        verdict.word() + (peer && verdict == Verdict.SLOWER ? " (a peer never gates)" : ""),
        Double.isNaN(more) ? "–" : String.format(Locale.ROOT, "%.0f", more));
    return List.of(a, b.judged(verdict.word()));
  }

  private void gate(String title, int forks, Verdict verdict, double more) {
    if (verdict == Verdict.SLOWER) {
      found.slower().add(title);
    }
    if (Findings.areFew(forks)) {
      found.unjudged().add(Findings.fewForks(title, forks));
    }
    if (more >= 1) {
      found.allocating().add(title);
    }
    if (Double.isNaN(more)) {
      found.unmeasured().add(title);
    }
  }

  private static String variant(OpRecord result) {
    return OpTable.variant(result) + ", " + result.threads() + " t";
  }

  private static String both(String a, String b) {
    return a.equals(b) ? a : a + " / " + b;
  }

  /**
   * Prints the settings, the rows, and their sum.
   *
   * @param unpaired what could not be compared, a sentence each
   */
  void print(List<Setting> settings, List<String> unpaired, BenchReport report) {
    unpaired.forEach(sentence -> table.note("not compared: " + sentence));
    String head = settings.stream().map(SettingTable::line).collect(Collectors.joining());
    String sum =
        ComparisonOptions.summary(verdicts, options.smallest(0))
            + ", or from what A again differs by";
    report.results(
        head + "\n" + table.text() + "\n" + sum, head + "\n" + table.markdown() + "\n" + sum);
  }

  private static String line(Setting setting) {
    OpRecord.Setting label = setting.label().orElseThrow();
    return "%s: %s%n"
        .formatted(label.name(), label.options().isEmpty() ? "as it stands" : label.options());
  }

  /**
   * What {@code --fail-on} makes of it.
   *
   * @param unpaired what could not be compared
   */
  ExitCode conclude(List<String> unpaired, Format format) {
    return options.conclude(found, unpaired, format);
  }
}
