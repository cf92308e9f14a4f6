package dev.llamark.bench.compare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.statistics.Comparison.Verdict;
import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OutputOptions.Format;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Two runs as a person or a program reads them.
 *
 * @param smallest difference that counts in every case
 */
record ComparisonTable(ResultComparison comparison, double smallest) {

  void print(Format format, PrintStream out) {
    switch (format) {
      case JSON -> printJson(out);
      case TEXT -> out.println(table().text() + "\n" + summary());
      case MD -> out.println(markdown());
    }
  }

  String markdown() {
    return table().markdown() + "\n" + summary();
  }

  private TextTable table() {
    TextTable table =
        new TextTable("case", "forks", "speed new ÷ base", "", "verdict").alignRight(1, 2);
    for (ResultComparison.Row row : comparison.rows()) {
      LogInterval speed = row.comparison().speed();
      table.row(
          row.key(),
          String.valueOf(row.forks()),
          String.format(Locale.ROOT, "%.3f", speed.estimate()),
          speed.known() ? String.format(Locale.ROOT, "[%.3f, %.3f]", speed.lo(), speed.hi()) : "",
          row.verdict().word() + counts(row) + peer(row) + allocation(row));
    }
    comparison.onlyBase().forEach(row -> table.note("only in BASE: " + row.key()));
    comparison.onlyNext().forEach(row -> table.note("only in NEW: " + row.key()));
    comparison.doubts().forEach(table::note);
    return table;
  }

  private String summary() {
    return ComparisonOptions.summary(
        comparison.rows().stream().map(ResultComparison.Row::verdict).toList(), smallest);
  }

  private String counts(ResultComparison.Row row) {
    return row.smallest() > smallest
        ? String.format(Locale.ROOT, " (the machine differs by %.0f %%)", 100 * row.smallest())
        : "";
  }

  private static String peer(ResultComparison.Row row) {
    return row.peer() && row.verdict() == Verdict.SLOWER ? " (a peer never gates)" : "";
  }

  private static String allocation(ResultComparison.Row row) {
    return row.allocatesMore()
        ? String.format(
            Locale.ROOT, ", allocates %.0f B a call more", row.moreAllocated().getAsDouble())
        : "";
  }

  private void printJson(PrintStream out) {
    for (ResultComparison.Row row : comparison.rows()) {
      LogInterval speed = row.comparison().speed();
      ObjectNode line = line(row.key(), row.verdict().word());
      line.put("ratio", finite(speed.estimate()));
      line.put("lo", finite(speed.lo()));
      line.put("hi", finite(speed.hi()));
      line.put("smallest", row.smallest());
      line.put("peer", row.peer());
      row.moreAllocated().ifPresent(more -> line.put("more_alloc_b_per_op", finite(more)));
      out.println(line);
    }
    comparison.onlyBase().forEach(row -> out.println(line(row.key(), "only-in-base")));
    comparison.onlyNext().forEach(row -> out.println(line(row.key(), "only-in-new")));
  }

  private static ObjectNode line(String key, String verdict) {
    return JsonNodeFactory.instance.objectNode().put("case", key).put("verdict", verdict);
  }

  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
