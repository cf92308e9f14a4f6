package dev.llamark.bench.machine;

import dev.llamark.bench.fork.ForkResult;
import dev.llamark.run.Interval;
import dev.llamark.run.MachineRecord;
import dev.llamark.run.TextTable;
import java.util.Locale;
import java.util.Map;

/** The results of {@code bench machine} as a person reads them. */
final class MachineTable {

  private final TextTable table =
      new TextTable("probe", "level", "threads", "value", "", "", "forks").alignRight(2, 3, 4, 6);

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

  private static String halfWidth(Interval value) {
    return value.lo() == null
        ? ""
        : String.format(Locale.ROOT, "±%.0f %%", 100 * (Math.sqrt(value.hi() / value.lo()) - 1));
  }

  String text() {
    return table.text();
  }

  String markdown() {
    return table.markdown();
  }

  /** Prints the probes that did not get through, with what they printed last. */
  static void printFailures(Map<String, ForkResult.Failed> failed) {
    failed.forEach((title, what) -> System.err.print(what.text(title)));
    if (!failed.isEmpty()) {
      System.err.printf(
          "%d of the machine's probes did not get through: %s%n",
          failed.size(), String.join(", ", failed.keySet()));
    }
  }
}
