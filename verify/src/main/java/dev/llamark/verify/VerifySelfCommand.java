package dev.llamark.verify;

import dev.llamark.format.ModelSource;
import dev.llamark.format.synthetic.SyntheticSource;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Operation;
import dev.llamark.run.Environment;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.run.Progress;
import dev.llamark.run.TextTable;
import dev.llamark.run.ThreadTeam;
import dev.llamark.verify.mutant.Mutant;
import dev.llamark.verify.mutant.MutantFinding;
import dev.llamark.verify.mutant.MutantModel;
import dev.llamark.verify.mutant.MutantOps;
import dev.llamark.verify.mutant.Mutants;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code llamark verify self}: would we notice a wrong kernel? */
@Command(
    name = "self",
    description = {
      "Plant known faults, each in one operation, and see that verification catches every one,",
      "in the right operation and in the right step of a model, while an unmutated control passes."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class VerifySelfCommand implements Callable<Integer> {

  private static final String MODEL = "synthetic:probe";

  @Option(
      names = "--mutant",
      split = ",",
      paramLabel = "ID",
      description = "Faults to plant, by id; 'none' is the control. By default all.")
  private List<String> wanted = List.of();

  @Mixin private ShardOptions shard;
  @Mixin private OutputOptions output;

  private final Outcome outcome = new Outcome();
  private final List<MutantFinding> findings = new ArrayList<>();

  @Override
  public Integer call() {
    CommandReport report = new CommandReport(output, "llamark verify self");
    KernelRegistry registry = KernelRegistry.load(VerifySelfCommand.class.getClassLoader());
    List<Mutant> mutants = shard.of(selected(Mutants.of(registry)));
    Environment environment = shard.mark(Environment.collect(output.seed()));
    int threads = Runtime.getRuntime().availableProcessors();
    report.print(Headline.text(environment, threads) + "\n");
    try (OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal();
        ThreadTeam team = new ThreadTeam(threads)) {
      ops(registry, mutants, progress);
      model(registry, mutants, team, progress);
      findings.forEach(finding -> sink.accept(finding.toRecord(environment)));
      sink.end(environment);
    }
    report.table("", table(mutants), String.join("\n", conclude()));
    return report.end(outcome, false);
  }

  private List<Mutant> selected(List<Mutant> all) {
    String known = all.stream().map(Mutant::id).collect(Collectors.joining(" "));
    for (String id : wanted) {
      if (all.stream().noneMatch(mutant -> mutant.id().equals(id))) {
        throw new InputException("--mutant: there is no '%s'; known: %s".formatted(id, known));
      }
    }
    return wanted.isEmpty() ? all : all.stream().filter(m -> wanted.contains(m.id())).toList();
  }

  private void ops(KernelRegistry registry, List<Mutant> mutants, Progress progress) {
    MutantOps stage = new MutantOps(registry);
    for (Mutant mutant : mutants) {
      progress.show("operations · " + mutant.id());
      findings.add(stage.check(mutant));
    }
  }

  private void model(
      KernelRegistry registry, List<Mutant> mutants, ThreadTeam team, Progress progress) {
    try (ModelSource source = SyntheticSource.of(MODEL)) {
      MutantModel stage = MutantModel.of(registry, source, output.seed(), team, progress::show);
      for (Mutant mutant : mutants) {
        findings.add(stage.check(mutant));
      }
    } catch (EnvironmentException e) {
      outcome.missing("the model stage did not run: " + e.getMessage());
    }
  }

  private TextTable table(List<Mutant> mutants) {
    TextTable table =
        new TextTable(
                "mutant", "fault", "caught in operations by", "margin", "in the model by", "margin")
            .alignRight(3, 5);
    for (Mutant mutant : mutants) {
      List<String> cells = new ArrayList<>(List.of(mutant.id(), mutant.description()));
      findings.stream()
          .filter(finding -> finding.mutant().id().equals(mutant.id()))
          .forEach(
              finding -> {
                cells.add(by(finding));
                cells.add("%.3g".formatted(finding.margin()));
              });
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  private static String by(MutantFinding finding) {
    if (finding.mutant().control()) {
      return finding.by().map(check -> "FAIL " + check).orElse("passes");
    }
    return finding.caught()
        ? finding.by().orElseThrow()
        : "MISSED" + finding.by().map(check -> ", but " + check + wrong(finding)).orElse("");
  }

  private static String wrong(MutantFinding finding) {
    return finding.wrong().stream()
        .map(Operation::title)
        .collect(Collectors.joining(", ", " (", ")"));
  }

  /** Each stage's control and mutants, as sentences. */
  private List<String> conclude() {
    List<String> sentences = new ArrayList<>();
    for (MutantFinding.Stage stage : MutantFinding.Stage.values()) {
      List<MutantFinding> of = findings.stream().filter(f -> f.stage() == stage).toList();
      of.stream()
          .filter(finding -> !finding.asItShould())
          .forEach(finding -> outcome.wrong(stage.id() + ": " + finding));
      long caught = of.stream().filter(MutantFinding::caught).count();
      if (!of.isEmpty()) {
        sentences.add("%s: %d of %d faults caught".formatted(stage.id(), caught, faults(of)));
        of.stream()
            .filter(finding -> finding.mutant().control())
            .forEach(finding -> sentences.add("%s: %s".formatted(stage.id(), finding)));
      }
    }
    if (!findings.isEmpty() && findings.stream().allMatch(MutantFinding::asItShould)) {
      outcome.right("the verifier");
    }
    return sentences;
  }

  private static long faults(List<MutantFinding> findings) {
    return findings.stream().filter(finding -> !finding.mutant().control()).count();
  }
}
