package dev.llamark.bench.ops;

import dev.llamark.bench.op.OrtChainBenchmark;
import dev.llamark.bench.statistics.ForkPattern;
import dev.llamark.bench.statistics.IntervalText;
import dev.llamark.kernel.Operation;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Ratio;
import dev.llamark.run.TextTable;
import dev.llamark.verify.ort.OrtChain;
import java.util.List;
import java.util.Locale;

/** The results of {@code bench ops} as a person reads them. */
public final class OpTable {

  private static final double WHOLE = 100;

  private final String baseline;
  private final TextTable table;
  private boolean dashed;
  private boolean chained;
  private boolean fewForks;
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
    chained |= result.chain() != null;
    fewForks |= result.flags().contains(ForkPattern.FEW_FORKS);
    table.row(
        first ? title(result) : "",
        first ? String.valueOf(result.threads()) : "",
        variant(result),
        time(result),
        figure(result.gflops()),
        figure(result.gbps()),
        roof(result),
        speed(result),
        result.allocBPerOp() == null
            ? ""
            : String.format(Locale.ROOT, "%.0f", result.allocBPerOp()),
        result.error() == null || result.error().maxRatioToBound() == null
            ? ""
            : String.format(Locale.ROOT, "%.2g", result.error().maxRatioToBound()),
        doubts(result.flags()));
  }

  static String variant(OpRecord result) {
    return result.vectorBits() > 0
        ? result.variant() + "@" + result.vectorBits()
        : result.variant();
  }

  static String title(OpRecord result) {
    List<String> sizes = result.shape().values().stream().map(String::valueOf).toList();
    String dtype = result.dtype().equals("f32") ? "" : " " + result.dtype();
    String cache = result.cache().equals("cold") ? " cold" : "";
    return Operation.of(result.op()).title() + dtype + " " + String.join("x", sizes) + cache;
  }

  private String time(OpRecord result) {
    return nanos(result.timeNs().median())
        + " "
        + halfWidth(result.timeNs().lo(), result.timeNs().hi());
  }

  /** Half the interval's width as a share, or a dash if it says nothing. */
  private String halfWidth(Double lo, Double hi) {
    return IntervalText.halfWidth(lo, hi) + (says(lo, hi) ? "" : "     ");
  }

  /** Whether an interval is there, and narrow enough to be of any use. */
  private boolean says(Double lo, Double hi) {
    boolean says = IntervalText.says(lo, hi);
    dashed |= !says;
    return says;
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

  /** Over the baseline's; where that was chained too, the chain is 1 and the call is not. */
  private String speed(OpRecord result) {
    boolean chain = result.chain() != null && baseline.equals(Contender.CHAINED);
    if (!chain && !result.variant().equals(baseline)) {
      return ratio(result.vs().get(baseline));
    }
    Ratio toChain = result.vs().get(OrtChainBenchmark.VARIANT);
    return chain || toChain == null ? "1" : ratio(toChain);
  }

  /** Above the whole roof the interval shows whether that means anything. */
  private String roof(OpRecord result) {
    OpRecord.Roof roof = result.roof();
    if (roof == null) {
      return "";
    }
    String bound = roof.bound().equals("compute") ? "FMA" : "memory";
    String interval =
        roof.percent() <= WHOLE
            ? ""
            : says(roof.lo(), roof.hi())
                ? String.format(Locale.ROOT, "[%.0f, %.0f] ", roof.lo(), roof.hi())
                : "[" + IntervalText.DASH + "] ";
    return String.format(Locale.ROOT, "%.0f %s%% %s", roof.percent(), interval, bound);
  }

  String ratio(Ratio ratio) {
    if (ratio == null) {
      return "";
    }
    return says(ratio.lo(), ratio.hi())
        ? "%s [%s, %s]".formatted(figure(ratio.ratio()), figure(ratio.lo()), figure(ratio.hi()))
        : figure(ratio.ratio()) + " [" + IntervalText.DASH + "]";
  }

  /** Doubts, as a person reads them. */
  private static String doubts(List<String> flags) {
    return String.join(
        ", ",
        flags.stream()
            .filter(flag -> !flag.equals(ForkPattern.FEW_FORKS)) // of all rows, below the table
            .map(
                flag ->
                    switch (flag) {
                      case OpRows.ABOVE_ROOF -> "measuring fault: above the roof";
                      case OpRows.NOT_WARM -> "timed before it was fully compiled";
                      default -> flag;
                    })
            .toList());
  }

  private TextTable finished() {
    if (chained) {
      table.note(
          OrtChainBenchmark.VARIANT
              + ": one node's share of "
              + OrtChain.NODES
              + " in one session, without the call and the copies; speed ÷ "
              + Contender.CHAINED
              + " is against it");
      chained = false;
    }
    if (dashed) {
      table.note(IntervalText.LEGEND);
      dashed = false;
    }
    if (fewForks) {
      table.note(
          "fewer than %d forks: whether they are two-humped or drift cannot be told"
              .formatted(ForkPattern.LEAST_FORKS));
      fewForks = false;
    }
    return table;
  }

  public String text() {
    return finished().text();
  }

  public String markdown() {
    return finished().markdown();
  }
}
