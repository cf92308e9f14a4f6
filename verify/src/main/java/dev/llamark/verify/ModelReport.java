package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.TextTable;
import dev.llamark.verify.ModelStage.ModelResult;
import dev.llamark.verify.model.Divergence;
import dev.llamark.verify.model.ModelReference;
import dev.llamark.verify.model.Steps;
import dev.llamark.verify.model.Substitution;
import dev.llamark.verify.model.VariantResult;
import dev.llamark.verify.model.VariantResult.Phase;
import dev.llamark.verify.onnx.TapPoint;
import dev.llamark.verify.usergraph.GraphFinding;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the model comparison found, as a table: a variant and phase a row. */
final class ModelReport {

  private final ModelReference reference;
  private final List<ModelResult> results;
  private final Optional<GraphFinding> graph;

  /**
   * @param graph what was found of the user's own graph, where that is the reference
   */
  ModelReport(ModelReference reference, List<ModelResult> results, Optional<GraphFinding> graph) {
    this.reference = reference;
    this.results = results;
    this.graph = graph;
  }

  ModelReference reference() {
    return reference;
  }

  Optional<GraphFinding> graph() {
    return graph;
  }

  /** Such as {@code model synthetic:probe · f32 · 1.9 M · 48 positions · reference onnxruntime}. */
  String headline() {
    return headline(
        reference.source(), reference.task().tokens().length, "reference " + reference.name());
  }

  /**
   * The line above a table about a model.
   *
   * @param expected what it is compared with
   */
  static String headline(ModelSource source, int positions, String expected) {
    return "model %s · %s · %s weights · %d positions · %s"
        .formatted(
            source.name(), source.dtype().id(), count(source.parameters()), positions, expected);
  }

  /** A variant a result. */
  List<ModelResult> results() {
    return results;
  }

  /** Name of what the variants were compared with. */
  String referenceName() {
    return reference.name();
  }

  private static String count(long n) {
    if (n < 1_000_000) {
      return "%.0f k".formatted(n / 1e3);
    }
    return n < 1_000_000_000 ? "%.1f M".formatted(n / 1e6) : "%.2f G".formatted(n / 1e9);
  }

  /**
   * The verdicts.
   *
   * @param replay the command that repeats the comparison for a variant
   */
  TextTable table(java.util.function.UnaryOperator<String> replay) {
    TextTable table =
        new TextTable(
                "  variant",
                "phase",
                "verdict",
                "max abs",
                "NMSE",
                "NMSE to double",
                "KL mean",
                "top-1",
                "top-10",
                "largest added error")
            .alignRight(3, 4, 5, 6, 7, 8);
    results.forEach(result -> addRows(table, result, replay));
    graph.ifPresentOrElse(
        finding -> GraphReport.addRows(table, finding),
        () -> reference.ownError().ifPresent(own -> addReference(table, own)));
    reference.betweenForms().ifPresent(d -> table.note("  " + betweenForms(d)));
    if (reference.task().generate() > 0) {
      table.note("  " + greedy());
    }
    return table;
  }

  private static String betweenForms(Divergence d) {
    return "the reference in opset 23 to its form in primitives (opset 21): max abs %s, NMSE %s"
        .formatted(figure(d.maxAbs()), figure(d.nmse()));
  }

  /** Who decodes the same text. */
  private String greedy() {
    List<String> same =
        results.stream()
            .filter(r -> !r.result().phases().isEmpty())
            .filter(r -> r.result().firstDivergence().isEmpty())
            .map(r -> r.variant().title())
            .toList();
    return "greedy decoding of %d tokens: the ids of %s from %s"
        .formatted(
            reference.task().generate(),
            reference.greedy().isPresent() ? "the reference" : "the model in double",
            same.isEmpty() ? "no variant" : String.join(", ", same));
  }

  private void addReference(TextTable table, Divergence own) {
    table.row(
        "  " + reference.name(),
        "prefill",
        "–",
        "–",
        "–",
        figure(own.nmse()),
        "–",
        "–",
        "–",
        "the reference's own distance to double");
  }

  private static void addRows(
      TextTable table, ModelResult result, java.util.function.UnaryOperator<String> replay) {
    VariantResult r = result.result();
    String title = "  " + result.variant().title();
    if (r.phases().isEmpty()) {
      table.row(title, "", word(r.verdict()));
    }
    for (Phase phase : r.phases()) {
      table.row(cells(title, phase, r));
    }
    notes(table, result, replay);
  }

  private static String[] cells(String title, Phase phase, VariantResult result) {
    Divergence d = phase.toReference();
    int positions = d.positions().size();
    return new String[] {
      title,
      phase.kind().name().toLowerCase(Locale.ROOT),
      word(phase.verdict()),
      figure(d.maxAbs()),
      figure(d.nmse()),
      phase.toOracle().map(o -> figure(o.nmse())).orElse("not run"),
      figure(d.kldMean()),
      "%d / %d".formatted(Math.round(d.top1() * positions), positions),
      "%.1f %%".formatted(100 * d.top10()),
      result
          .decisiveSteps()
          .worst()
          .map(step -> "%s %s".formatted(step.point().title(), figure(step.added())))
          .orElse("")
    };
  }

  /** A figure in two digits. */
  static String figure(double value) {
    return Double.isNaN(value) ? "NaN" : value == 0 ? "0" : "%.1e".formatted(value);
  }

  /** A verdict, loud where it is not a pass. */
  static String word(Verdict verdict) {
    return verdict instanceof Verdict.Pass ? "pass" : verdict.name();
  }

  private static void notes(
      TextTable table, ModelResult result, java.util.function.UnaryOperator<String> replay) {
    Verdict verdict = result.result().verdict();
    if (verdict instanceof Verdict.Pass) {
      return;
    }
    String title = result.variant().title();
    table.note("    %s · %s".formatted(title, verdict.reason()));
    if (!(verdict instanceof Verdict.Fail)) {
      return;
    }
    where(result.result()).ifPresent(step -> table.note("    the error enters at " + step));
    result.substitutions().forEach(s -> table.note("    " + sentence(s)));
    table.note(
        result.gates()
            ? "    replay:  " + replay.apply(result.variant().id())
            : "    %s's own error; a peer never gates".formatted(title));
  }

  private static String sentence(Substitution s) {
    return "with %s of %s: NMSE %s%s"
        .formatted(
            s.operation().title(),
            s.with(),
            figure(s.nmse()),
            s.removes() ? ", which removes the difference" : "");
  }

  /** The first step whose own error stands out, and its operation. */
  static Optional<String> where(VariantResult result) {
    return result
        .decisiveSteps()
        .first()
        .map(
            step ->
                step.point().title()
                    + step.operation().map(o -> " (" + o.title() + ")").orElse(""));
  }

  /** Every step's error, inherited and added, for each variant. */
  String layers() {
    StringBuilder out = new StringBuilder(graph.map(GraphReport::steps).orElse(""));
    reference.sameUnwatched().ifPresent(same -> out.append(unwatched(same)));
    for (ModelResult result : results) {
      Steps steps = result.result().steps();
      if (steps.steps().isEmpty()) {
        continue;
      }
      TextTable table =
          new TextTable(
                  "steps of " + result.variant().title(),
                  "inherited, to " + reference.name(),
                  "added",
                  "inherited, to double",
                  "added")
              .alignRight(1, 2, 3, 4);
      Steps oracleSteps = result.result().oracleSteps().orElse(new Steps(List.of()));
      TapPoint.all(reference.source().config())
          .forEach(point -> addStep(table, point, steps.of(point), oracleSteps.of(point)));
      out.append(table.text());
      where(result.result())
          .ifPresent(w -> out.append("  the error enters at ").append(w).append('\n'));
      out.append('\n');
    }
    return out.toString();
  }

  private String unwatched(boolean same) {
    return "  the logits of %s %s with its steps in view and without (NO_OPT)%n%n"
        .formatted(reference.name(), same ? "have the same bits" : "CHANGE");
  }

  /** A step that neither of the two shows has no row. */
  private static void addStep(
      TextTable table,
      TapPoint point,
      Optional<Steps.Step> toReference,
      Optional<Steps.Step> toOracle) {
    if (toReference.isPresent() || toOracle.isPresent()) {
      table.row(
          "  " + point.title(),
          toReference.map(s -> figure(s.inherited())).orElse("not seen"),
          toReference.map(s -> figure(s.added())).orElse("not seen"),
          toOracle.map(s -> figure(s.inherited())).orElse("not run"),
          toOracle.map(s -> figure(s.added())).orElse("not run"));
    }
  }

  /** Adds each variant's verdict to the whole. */
  void addTo(Outcome outcome) {
    graph.ifPresent(finding -> GraphReport.addTo(outcome, finding, reference.source().name()));
    for (ModelResult r : results) {
      String title = r.variant().title();
      r.fault().ifPresent(outcome::atFault);
      switch (r.result().verdict()) {
        case Verdict.Pass() -> outcome.right(title);
        case Verdict.Fail f when !r.gates() ->
            outcome.remark(title + " has errors of its own in the model, which never gate");
        case Verdict.Fail f ->
            outcome.wrong(
                title
                    + " is wrong in the model"
                    + where(r.result()).map(step -> ", from " + step + " on").orElse(""));
        case Verdict.Ambiguous a -> outcome.warning(title + " is ambiguous: " + a.reason());
        case Verdict.Mistrusted m -> outcome.warning(title + " is mistrusted: " + m.reason());
        case Verdict.Skipped s when r.fault().isPresent() -> {} // the fault says why
        case Verdict.Skipped s -> outcome.skipped(title + " was skipped: " + s.reason());
      }
    }
  }
}
