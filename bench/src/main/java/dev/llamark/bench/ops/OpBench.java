package dev.llamark.bench.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.llamark.bench.fork.ForkResult;
import dev.llamark.bench.fork.JmhForks;
import dev.llamark.bench.fork.PairedRun;
import dev.llamark.bench.machine.Caches;
import dev.llamark.bench.op.RoofBenchmark;
import dev.llamark.bench.report.BenchReport;
import dev.llamark.bench.statistics.StoppingRule;
import dev.llamark.run.Environment;
import dev.llamark.run.ExitCode;
import dev.llamark.run.OpRecord;
import dev.llamark.run.Progress;
import dev.llamark.verify.Headline;
import dev.llamark.verify.OutputOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A run of {@code bench ops}. */
final class OpBench {

  /** After this a first look begins no further round; each case has at least one. */
  private static final Duration QUICK_BUDGET = Duration.ofSeconds(270);

  private final List<Setting> settings;
  private final TimingOptions timing;
  private final StoppingRule rule;
  private final OutputOptions output;
  private final List<OpCase> cases;
  private final List<OpRecord> records = new ArrayList<>();
  private final List<OpRun.Failure> failures = new ArrayList<>();
  private final Map<String, ForkResult.Failed> unprobed = new LinkedHashMap<>();
  private final List<String> unpaired = new ArrayList<>();
  private final OpSelection selection;
  private final JmhJson jmh = new JmhJson();

  /**
   * Contenders that are compared with each other.
   *
   * @param threads of the first of them
   */
  private record Heat(OpCase opCase, int threads, List<Contender> contenders) {}

  /**
   * @param settings one, whose variants are compared with each other, or two, A and B, under which
   *     each variant is compared with itself
   */
  OpBench(
      List<Setting> settings, OpSelection selection, TimingOptions timing, OutputOptions output) {
    this.settings = settings;
    this.selection = selection;
    this.timing = timing;
    rule = timing.rule();
    this.output = output;
    cases = selection.cases(timing.quick());
  }

  /** Prints the cases and how long they would take. */
  void list() {
    cases.forEach(c -> System.out.println(c.id()));
    int contenders = heats().stream().mapToInt(heat -> heat.contenders().size() + 1).sum();
    long seconds = timing.opTiming().expected().multipliedBy(contenders).toSeconds() * rule.least();
    System.out.printf(
        "%d cases, %d contenders and roofs x %d forks: at least %d min %02d s%n",
        cases.size() * settings.getFirst().threads().size(),
        contenders,
        rule.least(),
        seconds / 60,
        seconds % 60);
  }

  /** Whether a row of another run is of a case, a variant and a number of threads of this one. */
  boolean selects(ObjectNode row, boolean variantsNamed) {
    Setting setting = settings.getFirst();
    String variant = row.path("variant").asText();
    return cases.stream().anyMatch(c -> c.id().toString().equals(row.path("case").asText()))
        && setting.threads().contains(row.path("threads").asInt())
        && (setting.entrants().stream().anyMatch(e -> e.id().equals(variant))
            || !variantsNamed && !(timing.quick() && variant.equals(Setting.PLAIN)));
  }

  /** What only one of two settings does, so that nothing was compared. */
  List<String> unpaired() {
    return unpaired;
  }

  /** The rows that were finished. */
  List<OpRecord> records() {
    return records;
  }

  /**
   * Runs all.
   *
   * @param judge completes the records of a heat
   * @param report gets the line above all else
   */
  ExitCode run(UnaryOperator<List<OpRecord>> judge, BenchReport report) {
    Environment env = selection.mark(Environment.collect(output.seed()));
    int most =
        settings.stream().flatMap(s -> s.threads().stream()).max(Integer::compare).orElseThrow();
    report.headline(Headline.text(env, most));
    try (JmhForks forks = new JmhForks(timing.opTiming());
        OutputOptions.Sink sink = output.open();
        Progress progress = Progress.onTerminal()) {
      measure(forks, sink, progress, env, judge);
      sink.end(env.refreshed());
    }
    return exitCode();
  }

  private void measure(
      JmhForks forks,
      OutputOptions.Sink sink,
      Progress progress,
      Environment env,
      UnaryOperator<List<OpRecord>> judge) {
    OpRun run = new OpRun(Caches.detect(), RoofBenchmark.probe().isPresent(), ForkArgs.width());
    Duration budget = timing.quick() ? timing.budget(QUICK_BUDGET) : timing.budget();
    long start = System.nanoTime();
    List<Heat> heats = heats();
    for (int done = 0; done < heats.size(); done++) {
      Heat heat = heats.get(done);
      Duration left =
          budget.minusNanos(System.nanoTime() - start).dividedBy((long) heats.size() - done);
      PairedRun paired = new PairedRun(forks, rule, left);
      String place = "%d of %d · ".formatted(done + 1, heats.size());
      OpRun.Result result =
          run.run(
              heat.opCase(),
              heat.contenders(),
              paired,
              env.refreshed(),
              what -> progress.show(place + what));
      List<OpRecord> judged = judge.apply(result.records());
      judged.forEach(sink);
      records.addAll(judged);
      failures.addAll(result.failures());
      unprobed.putAll(result.unprobed());
      jmh.add(result.rounds());
      output.file().ifPresent(file -> jmh.write(JmhJson.beside(file)));
    }
  }

  private List<Heat> heats() {
    List<Heat> heats = new ArrayList<>();
    for (int t = 0; t < settings.getFirst().threads().size(); t++) {
      for (OpCase opCase : cases) {
        heats.addAll(settings.size() == 1 ? together(opCase, t) : pairs(opCase, t));
      }
    }
    return heats;
  }

  /** All variants of the one setting. */
  private List<Heat> together(OpCase opCase, int t) {
    Setting setting = settings.getFirst();
    int threads = setting.threads().get(t);
    List<Contender> contenders = new ArrayList<>();
    for (Setting.Entrant entrant : setting.entrants()) {
      if (setting.does(entrant, opCase)) {
        Contender contender = contender(opCase, entrant, setting, t);
        contenders.add(contender);
        if (contender.isChained() && opCase.hasChain()) {
          contenders.add(Contender.chain(opCase, setting, threads));
        }
      }
    }
    return contenders.isEmpty() ? List.of() : List.of(new Heat(opCase, threads, contenders));
  }

  /**
   * Each variant under the one setting, under the other, and under the one again: how that differs
   * from itself is what the machine makes of two equal runs.
   */
  private List<Heat> pairs(OpCase opCase, int t) {
    Setting a = settings.getFirst();
    Setting b = settings.getLast();
    List<Heat> heats = new ArrayList<>();
    for (int i = 0; i < a.entrants().size(); i++) {
      Setting.Entrant first = a.entrants().get(i);
      Setting.Entrant second = b.entrants().get(i);
      boolean byA = a.does(first, opCase);
      if (byA && b.does(second, opCase)) {
        Setting again = a.labelled(SettingTable.AGAIN);
        List<Contender> three =
            List.of(
                contender(opCase, first, a, t),
                contender(opCase, second, b, t),
                contender(opCase, first, again, t));
        heats.add(new Heat(opCase, a.threads().get(t), three));
      } else if (byA || b.does(second, opCase)) {
        unpaired.add(
            "%s: only setting %s's %s does it"
                .formatted(opCase.id(), byA ? "A" : "B", (byA ? first : second).title()));
      }
    }
    return heats;
  }

  private Contender contender(OpCase opCase, Setting.Entrant entrant, Setting setting, int t) {
    return Contender.of(opCase, entrant, setting, setting.threads().get(t), timing.profilers());
  }

  /** Tells of those that did not get through. */
  void reportFailures(BenchReport report) {
    for (OpRun.Failure failure : failures) {
      report.failed(failure.contender().spec().title(), failure.what(), failure.gates());
    }
    unprobed.forEach((title, what) -> report.lacks(title, what, "no share of that roof is known"));
    if (records.isEmpty() && failures.isEmpty()) {
      System.err.println(
          cases.isEmpty()
              ? "llamark: nothing ran: no case is selected, or none falls into this shard"
              : "llamark: nothing ran: no variant does any of the cases itself");
    }
  }

  private ExitCode exitCode() {
    boolean ownFailed = failures.stream().anyMatch(OpRun.Failure::gates);
    return ownFailed ? ExitCode.WRONG : records.isEmpty() ? ExitCode.NOTHING_RAN : ExitCode.OK;
  }
}
