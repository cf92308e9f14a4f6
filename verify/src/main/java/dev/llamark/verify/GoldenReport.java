package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.oracle.Verdict;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.TextTable;
import dev.llamark.verify.golden.Golden;
import dev.llamark.verify.golden.GoldenResult;
import dev.llamark.verify.golden.GoldenResult.Phase;
import dev.llamark.verify.model.Steps;
import dev.llamark.verify.onnx.TapPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the comparison with a golden file found, as a table: a variant and phase a row. */
final class GoldenReport {

  /**
   * One variant.
   *
   * @param fault why it could not be opened or closed, if so
   */
  private record Row(Variant variant, GoldenResult result, Optional<LlamarkException> fault) {}

  private final ModelSource source;
  private final Golden golden;
  private final Path file;
  private final UnaryOperator<String> replay;
  private final List<Row> rows = new ArrayList<>();

  GoldenReport(ModelSource source, Golden golden, Path file, UnaryOperator<String> replay) {
    this.source = source;
    this.golden = golden;
    this.file = file;
    this.replay = replay;
  }

  void add(Variant variant, GoldenResult result, Optional<LlamarkException> fault) {
    rows.add(new Row(variant, result, fault));
  }

  String headline() {
    return ModelReport.headline(source, golden.prompt().tokens().length, "golden file " + file);
  }

  TextTable table() {
    TextTable table =
        new TextTable(
                "  variant",
                "golden of",
                "phase",
                "verdict",
                "bits",
                "max abs",
                "NMSE",
                "allowed",
                "top-1",
                "top-10")
            .alignRight(5, 6, 7, 8, 9);
    rows.forEach(row -> add(table, row));
    if (golden.prompt().generate() > 0) {
      table.note("  " + greedy());
    }
    return table;
  }

  /** Who decodes the same text. */
  private String greedy() {
    List<String> same =
        rows.stream()
            .filter(row -> !row.result().phases().isEmpty())
            .filter(row -> row.result().firstDivergence().isEmpty())
            .map(row -> row.variant().title())
            .toList();
    return "greedy decoding of %d tokens: the golden's ids from %s"
        .formatted(
            golden.prompt().generate(), same.isEmpty() ? "no variant" : String.join(", ", same));
  }

  private void add(TextTable table, Row row) {
    String title = "  " + row.variant().title();
    if (row.result().phases().isEmpty()) {
      table.row(title, row.result().golden(), "", ModelReport.word(row.result().verdict()));
    }
    row.result().phases().forEach(phase -> table.row(cells(title, row.result(), phase)));
    Verdict verdict = row.result().verdict();
    if (verdict instanceof Verdict.Pass) {
      return;
    }
    table.note("    %s · %s".formatted(row.variant().title(), verdict.reason()));
    if (verdict instanceof Verdict.Fail) {
      row.result().departs().ifPresent(p -> table.note("    it departs at " + where(p)));
      table.note(
          GoldenStage.gates(row.variant())
              ? "    replay:  " + replay.apply(row.variant().id())
              : "    %s's own error; a peer never gates".formatted(row.variant().title()));
    }
  }

  private static String where(TapPoint point) {
    return point.title()
        + Steps.operationOf(point.tap()).map(o -> " (" + o.title() + ")").orElse("");
  }

  private static String[] cells(String title, GoldenResult result, Phase phase) {
    int positions = phase.positions();
    return new String[] {
      title,
      result.golden(),
      phase.kind().name().toLowerCase(Locale.ROOT),
      ModelReport.word(phase.verdict()),
      phase.bits() ? "same" : "other",
      ModelReport.figure(phase.maxAbs()),
      ModelReport.figure(phase.nmse()),
      ModelReport.figure(phase.allowed()),
      "%d / %d".formatted(Math.round(phase.top1() * positions), positions),
      "%.1f %%".formatted(100 * phase.top10())
    };
  }

  /** Every step's distance from the golden's, for each variant. */
  String layers() {
    StringBuilder out = new StringBuilder();
    for (Row row : rows) {
      if (row.result().phases().isEmpty()) {
        continue;
      }
      Phase prefill = row.result().phases().getFirst();
      Phase decode = row.result().phases().getLast();
      TextTable table =
          new TextTable("steps of " + row.variant().title(), "NMSE to the golden", "in decode")
              .alignRight(1, 2);
      prefill
          .steps()
          .forEach(
              (point, nmse) ->
                  table.row(
                      "  " + point.title(),
                      ModelReport.figure(nmse),
                      ModelReport.figure(decode.steps().get(point))));
      out.append(table.text()).append('\n');
    }
    return out.toString();
  }

  /** Adds each variant's verdict to the whole. */
  void addTo(Outcome outcome) {
    for (Row row : rows) {
      String title = row.variant().title();
      row.fault().ifPresent(outcome::atFault);
      switch (row.result().verdict()) {
        case Verdict.Pass() -> outcome.right(title);
        case Verdict.Fail f when !GoldenStage.gates(row.variant()) ->
            outcome.remark(title + " is not what the golden file has, which never gates");
        case Verdict.Fail f ->
            outcome.wrong(
                title
                    + " is not what the golden file has"
                    + row.result().departs().map(p -> ", from " + where(p) + " on").orElse(""));
        case Verdict.Ambiguous a -> outcome.warning(title + " is ambiguous: " + a.reason());
        case Verdict.Mistrusted m -> outcome.warning(title + " is mistrusted: " + m.reason());
        case Verdict.Skipped s when row.fault().isPresent() -> {} // the fault says why
        case Verdict.Skipped s -> outcome.skipped(title + " was skipped: " + s.reason());
      }
    }
  }
}
