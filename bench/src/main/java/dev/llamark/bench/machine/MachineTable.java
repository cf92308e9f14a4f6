package dev.llamark.bench.machine;

import dev.llamark.bench.statistics.IntervalText;
import dev.llamark.run.Interval;
import dev.llamark.run.MachineRecord;
import dev.llamark.run.TextTable;
import java.util.Locale;

/** The results of {@code bench machine} as a person reads them. */
final class MachineTable {

  private final TextTable table =
      new TextTable("probe", "level", "threads", "value", "", "", "forks").alignRight(2, 3, 4, 6);

  private boolean dashed;

  void add(MachineRecord result) {
    table.row(
        result.probe(),
        result.level(),
        String.valueOf(result.threads()),
        String.format(Locale.ROOT, "%.4g", result.value().median()),
        halfWidth(result.value()),
        result.unit(),
        String.valueOf(result.value().forks().length));
  }

  private String halfWidth(Interval value) {
    if (value.forks().length < 2) {
      return "";
    }
    dashed |= !IntervalText.says(value.lo(), value.hi());
    return IntervalText.halfWidth(value.lo(), value.hi());
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
}
