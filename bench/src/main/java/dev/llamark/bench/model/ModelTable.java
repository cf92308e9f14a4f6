package dev.llamark.bench.model;

import dev.llamark.bench.statistics.IntervalText;
import dev.llamark.run.ModelRecord;
import dev.llamark.run.Ratio;
import dev.llamark.run.TextTable;
import java.util.Locale;

/** The results of {@code bench model} as a person reads them. */
final class ModelTable {

  private static final double SECOND_MS = 1000;
  private static final double MANY_PER_S = 1000;

  private final String first;
  private final TextTable table;
  private String lastTest = "";
  private boolean dashed;

  /**
   * @param first id of the variant whose speed the others' is given in
   */
  ModelTable(String first) {
    this.first = first;
    table =
        new TextTable(
                "test",
                "threads",
                "variant",
                "tokens/s",
                "speed ÷ " + first,
                "first token",
                "load",
                "peak memory")
            .alignRight(1, 3, 4, 5, 6, 7);
  }

  void add(ModelRecord result) {
    String title = SpeedTest.title(result.test(), result.depth());
    String test = title + " " + result.threads();
    boolean begins = !test.equals(lastTest);
    lastTest = test;
    int bits = result.vectorBits();
    table.row(
        begins ? title : "",
        begins ? String.valueOf(result.threads()) : "",
        bits > 0 ? result.variant() + "@" + bits : result.variant(),
        speed(result.tokensPerS()),
        result.variant().equals(first) ? "1" : ratio(result.vs().get(first)),
        time(result.firstTokenMs()),
        time(result.loadMs()),
        result.peakRssBytes() == null ? "" : (result.peakRssBytes() >> 20) + " MiB");
  }

  /** A line over the whole width, below. */
  void note(String text) {
    table.note(text);
  }

  private TextTable finished() {
    if (dashed) {
      table.note(IntervalText.LEGEND);
      dashed = false;
    }
    return table;
  }

  String text() {
    return finished().text();
  }

  String markdown() {
    return finished().markdown();
  }

  /** The median fork and half the interval: {@code 512.3 ± 2 %}. */
  private String speed(ModelRecord.Samples speed) {
    String median =
        String.format(Locale.ROOT, speed.median() >= MANY_PER_S ? "%.0f" : "%.1f", speed.median());
    dashed |= !IntervalText.says(speed.lo(), speed.hi());
    return median + " " + IntervalText.halfWidth(speed.lo(), speed.hi());
  }

  private static String time(Double millis) {
    if (millis == null) {
      return "";
    }
    return millis >= SECOND_MS
        ? String.format(Locale.ROOT, "%.2f s", millis / SECOND_MS)
        : String.format(Locale.ROOT, millis >= 10 ? "%.0f ms" : "%.2f ms", millis);
  }

  private String ratio(Ratio ratio) {
    if (ratio == null) {
      return "";
    }
    dashed |= !IntervalText.says(ratio.lo(), ratio.hi());
    return String.format(Locale.ROOT, "%.2f ", ratio.ratio())
        + IntervalText.ends(ratio.lo(), ratio.hi());
  }
}
