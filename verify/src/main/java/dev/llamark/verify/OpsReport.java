package dev.llamark.verify;

import dev.llamark.kernel.Operation;
import dev.llamark.oracle.CaseResult;
import dev.llamark.run.TextTable;
import dev.llamark.verify.OpsVerification.VariantResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the conformance run found, as a table: an operation a row, a variant a column. */
final class OpsReport {

  private final List<VariantResults> variants;
  private final Function<String, String> replayOptions;

  /**
   * @param replayOptions options that choose the variant of this id again
   */
  OpsReport(List<VariantResults> variants, Function<String, String> replayOptions) {
    this.variants = variants;
    this.replayOptions = replayOptions;
  }

  TextTable table() {
    List<String> heading = new ArrayList<>(List.of("operations", "cases"));
    variants.forEach(v -> heading.add(v.variant().title()));
    heading.add("largest error ÷ bound");
    TextTable table = new TextTable(heading.toArray(String[]::new)).alignRight(1);
    for (Operation operation : Operation.values()) {
      if (variants.stream().anyMatch(v -> !v.of(operation).isEmpty())) {
        addRow(table, operation);
      }
    }
    return table;
  }

  private void addRow(TextTable table, Operation operation) {
    List<String> cells = new ArrayList<>();
    cells.add("  " + operation.title());
    cells.add(String.valueOf(variants.getFirst().of(operation).size()));
    variants.forEach(v -> cells.add(cell(v, operation)));
    table.row(cells.toArray(String[]::new));
    for (VariantResults v : variants) {
      notes(table, v, operation);
    }
  }

  private static String cell(VariantResults v, Operation operation) {
    if (v.maxRatio(operation).isEmpty()) {
      return "skipped";
    }
    double ratio = v.maxRatio(operation).get();
    boolean failed = !v.failed(operation).isEmpty();
    return (failed ? "FAIL  " : "pass  ") + ratio(ratio);
  }

  private static String ratio(double ratio) {
    if (Double.isInfinite(ratio)) {
      return "∞";
    }
    return ratio < 100 ? "%.2f".formatted(ratio) : "%.1e".formatted(ratio);
  }

  /** The first failing case, how many more there are, and how to replay it. */
  private void notes(TextTable table, VariantResults v, Operation operation) {
    List<CaseResult> failed = v.failed(operation);
    String title = v.variant().title();
    if (!failed.isEmpty()) {
      CaseResult first = failed.getFirst();
      table.note("    %s · %s".formatted(title, first));
      if (failed.size() > 1) {
        table.note("    and %d more of its cases".formatted(failed.size() - 1));
      }
      table.note(
          v.gates()
              ? "    replay:  " + replay(v.variant().id(), first)
              : "    %s's own error; a peer never gates".formatted(title));
    }
    if (v.fault().isPresent()) {
      return; // for one reason, which the verdict over all tells
    }
    skipped(v, operation)
        .forEach(
            (reason, count) ->
                table.note("    %s · skipped %d: %s".formatted(title, count, reason)));
  }

  private static Map<String, Long> skipped(VariantResults v, Operation operation) {
    return v.of(operation).stream()
        .filter(r -> r.judgement().verdict() instanceof dev.llamark.oracle.Verdict.Skipped)
        .collect(
            Collectors.groupingBy(
                r -> r.judgement().verdict().reason(),
                java.util.TreeMap::new,
                Collectors.counting()));
  }

  /** The command that runs exactly this case. */
  String replay(String variant, CaseResult result) {
    return "llamark verify ops %s --case %s".formatted(replayOptions.apply(variant), result.id());
  }

  /** Lines about operations that a variant does not bring itself. */
  List<String> inherited() {
    List<String> lines = new ArrayList<>();
    for (VariantResults v : variants) {
      v.inherited().entrySet().stream()
          .collect(
              Collectors.groupingBy(
                  Map.Entry::getValue,
                  java.util.TreeMap::new,
                  Collectors.mapping(e -> e.getKey().title(), Collectors.joining(", "))))
          .forEach(
              (base, operations) ->
                  lines.add(
                      "%s takes %s from %s".formatted(v.variant().title(), operations, base)));
    }
    return lines;
  }

  /** Adds each variant's verdict to the whole. */
  void addTo(Outcome outcome) {
    for (VariantResults v : variants) {
      List<String> wrongIn = new ArrayList<>();
      for (Operation operation : Operation.values()) {
        if (!v.failed(operation).isEmpty()) {
          wrongIn.add(operation.title());
        }
      }
      v.fault().ifPresent(outcome::atFault);
      String title = v.variant().title();
      String where = String.join(", ", wrongIn);
      if (!wrongIn.isEmpty() && v.gates()) {
        outcome.wrong(title + " is wrong in " + where);
      } else if (!wrongIn.isEmpty()) {
        outcome.remark(title + " has errors of its own in " + where + ", which never gate");
      }
      if (v.results().stream().anyMatch(r -> r.passed()) && (wrongIn.isEmpty() || !v.gates())) {
        outcome.right(title);
      }
    }
  }
}
