package dev.llamark.bench.ops;

import dev.llamark.kernel.Operation;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Ratio;
import dev.llamark.run.TextTable;
import java.util.List;
import java.util.Locale;

/** The results of {@code bench ops} as a person reads them. */
public final class OpTable {

  private final String baseline;
  private final TextTable table;
  private String lastCase = "";

  /**
   * @param baseline id of the variant whose speed the others' is given in
   */
  public OpTable(String baseline) {
    this.baseline = baseline;
    table =
        new TextTable(
                "operation",
                "threads",
                "variant",
                "time",
                "GFLOP/s",
                "GB/s",
                "of roof",
                "speed ÷ " + baseline,
                "B/call",
                "error ÷ bound",
                "")
            .alignRight(1, 3, 4, 5, 6, 7, 8, 9);
  }

  /** Adds a row. */
  public void add(OpRecord result) {
    String opCase = result.caseId() + " " + result.threads();
    boolean first = !opCase.equals(lastCase);
    lastCase = opCase;
    table.row(
        first ? title(result) : "",
        first ? String.valueOf(result.threads()) : "",
        result.vectorBits() > 0 ? result.variant() + "@" + result.vectorBits() : result.variant(),
        time(result),
        figure(result.gflops()),
        figure(result.gbps()),
        roof(result),
        result.variant().equals(baseline) ? "1" : ratio(result.vs().get(baseline)),
        result.allocBPerOp() == null
            ? ""
            : String.format(Locale.ROOT, "%.0f", result.allocBPerOp()),
        result.error() == null || result.error().maxRatioToBound() == null
            ? ""
            : String.format(Locale.ROOT, "%.2g", result.error().maxRatioToBound()),
        String.join(", ", result.flags()));
  }

  private static String title(OpRecord result) {
    List<String> sizes = result.shape().values().stream().map(String::valueOf).toList();
    String dtype = result.dtype().equals("f32") ? "" : " " + result.dtype();
    String cache = result.cache().equals("cold") ? " cold" : "";
    return Operation.of(result.op()).title() + dtype + " " + String.join("x", sizes) + cache;
  }

  private static String time(OpRecord result) {
    String half = "";
    if (result.timeNs().lo() != null && result.timeNs().hi() != null) {
      double width = Math.sqrt(result.timeNs().hi() / result.timeNs().lo()) - 1;
      half = String.format(Locale.ROOT, " ±%3.0f %%", 100 * width);
    }
    return nanos(result.timeNs().median()) + half;
  }

  /** A time in the unit that suits it. */
  static String nanos(double nanos) {
    if (nanos < 1e3) {
      return figure(nanos) + " ns";
    }
    if (nanos < 1e6) {
      return figure(nanos / 1e3) + " µs";
    }
    return nanos < 1e9 ? figure(nanos / 1e6) + " ms" : figure(nanos / 1e9) + " s ";
  }

  /** Three digits. */
  static String figure(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String roof(OpRecord result) {
    if (result.roof() == null) {
      return "";
    }
    String bound = result.roof().bound().equals("compute") ? "FMA" : "memory";
    return String.format(Locale.ROOT, "%.0f %% %s", result.roof().percent(), bound);
  }

  static String ratio(Ratio ratio) {
    if (ratio == null) {
      return "";
    }
    return ratio.lo() == null
        ? figure(ratio.ratio())
        : "%s [%s, %s]".formatted(figure(ratio.ratio()), figure(ratio.lo()), figure(ratio.hi()));
  }

  public String text() {
    return table.text();
  }

  public String markdown() {
    return table.markdown();
  }
}
