package dev.llamark.verify;

import dev.llamark.oracle.Verdict;
import dev.llamark.run.TextTable;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.usergraph.GraphFinding;
import dev.llamark.verify.usergraph.GraphFinding.Step;
import java.util.Comparator;
import java.util.Optional;

/** What was found of a user's own graph, below the variants that are compared with it. */
final class GraphReport {

  private GraphReport() {}

  /** One row a phase, and what is to be known of the graph. */
  static void addRows(TextTable table, GraphFinding graph) {
    addRow(table, graph, "prefill", graph.prefill());
    addRow(table, graph, "decode", graph.decode());
    String indent = "    %s · ".formatted(graph.graph());
    graph.remarks().forEach(remark -> table.note(indent + remark));
    if (!graph.verdict().reason().equals(graph.rotation())) {
      table.note(indent + graph.rotation());
    }
    table.note(
        indent
            + "its logits may be off by NMSE %s: %s"
                .formatted(ModelReport.figure(graph.allowed()), graph.law()));
    if (graph.verdict() instanceof Verdict.Fail fail) {
      table.note(indent + "FAIL: " + fail.reason());
      departure(graph).ifPresent(table::note);
    }
  }

  private static Optional<String> departure(GraphFinding graph) {
    return graph.first().map(step -> "    it departs from the model at " + step.title());
  }

  private static void addRow(
      TextTable table, GraphFinding graph, String phase, Divergence divergence) {
    table.row(
        "  " + graph.graph(),
        phase,
        ModelReport.word(graph.verdict()),
        "–",
        "–",
        ModelReport.figure(divergence.nmse()),
        "–",
        "–",
        "–",
        graph.steps().stream()
            .max(Comparator.comparingDouble(Step::added))
            .map(s -> "%s %s".formatted(s.point().title(), ModelReport.figure(s.added())))
            .orElse(""));
  }

  /** Every step that was recognised. */
  static String steps(GraphFinding graph) {
    TextTable table =
        new TextTable("steps of " + graph.graph(), "inherited, to double", "added", "explained")
            .alignRight(1, 2, 3);
    for (Step step : graph.steps()) {
      table.row(
          "  " + step.point().title(),
          ModelReport.figure(step.inherited()),
          ModelReport.figure(step.added()),
          ModelReport.figure(step.allowed()));
    }
    departure(graph).ifPresent(table::note);
    return graph.steps().isEmpty() ? "" : table.text() + "\n";
  }

  /** Adds the verdict to the whole. */
  static void addTo(Outcome outcome, GraphFinding graph, String model) {
    switch (graph.verdict()) {
      case Verdict.Pass _ -> outcome.right(graph.graph());
      case Verdict.Fail fail ->
          outcome.wrong("%s is not %s: %s".formatted(graph.graph(), model, fail.reason()));
      case Verdict.Ambiguous ambiguous ->
          outcome.warning(graph.graph() + ": " + ambiguous.reason());
      case Verdict.Mistrusted mistrusted ->
          outcome.warning(graph.graph() + ": " + mistrusted.reason());
      case Verdict.Skipped _ -> {}
    }
  }
}
