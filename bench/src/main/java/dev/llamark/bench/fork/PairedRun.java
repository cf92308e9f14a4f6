package dev.llamark.bench.fork;

import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.StoppingRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * Forks of several contenders, interleaved: each round runs every contender once, every other round
 * in reverse (A B B A …), so that what changes slowly on the machine meets all alike and drops out
 * of their ratios.
 */
public final class PairedRun {

  private final Forks forks;
  private final StoppingRule rule;
  private final Duration budget;

  /**
   * @param budget after which no further round begins
   */
  public PairedRun(Forks forks, StoppingRule rule, Duration budget) {
    this.forks = forks;
    this.rule = rule;
    this.budget = budget;
  }

  /**
   * What the contenders' forks gave.
   *
   * @param measured one per round, in order, of each contender that never failed
   * @param failed the others, with their first failure
   */
  public record Rounds(
      SequencedMap<ForkSpec, List<ForkResult.Measured>> measured,
      Map<ForkSpec, ForkResult.Failed> failed) {

    /** Times of one call, a contender's forks in order. */
    public double[] nanos(ForkSpec contender) {
      return measured.get(contender).stream().mapToDouble(ForkResult.Measured::nanos).toArray();
    }
  }

  /**
   * Runs rounds until there are enough.
   *
   * @param progress is told what runs next
   */
  public Rounds run(List<ForkSpec> contenders, Consumer<String> progress) {
    long start = System.nanoTime();
    SequencedMap<ForkSpec, List<ForkResult.Measured>> measured = new LinkedHashMap<>();
    contenders.forEach(contender -> measured.put(contender, new ArrayList<>()));
    Rounds rounds = new Rounds(measured, new LinkedHashMap<>());
    for (int round = 0; !enough(rounds, round, System.nanoTime() - start); round++) {
      List<ForkSpec> order = new ArrayList<>(measured.keySet());
      if (round % 2 == 1) {
        Collections.reverse(order);
      }
      for (ForkSpec contender : order) {
        progress.accept(contender.title() + " · fork " + (round + 1));
        add(rounds, contender, forks.run(contender));
      }
    }
    return rounds;
  }

  private static void add(Rounds rounds, ForkSpec contender, ForkResult result) {
    switch (result) {
      case ForkResult.Measured measured -> rounds.measured.get(contender).add(measured);
      case ForkResult.Failed failed -> {
        rounds.measured.remove(contender);
        rounds.failed.put(contender, failed);
      }
    }
  }

  private boolean enough(Rounds rounds, int round, long nanos) {
    if (rounds.measured.isEmpty()) {
      return true;
    }
    boolean timeLeft = nanos + nanos / Math.max(1, round) <= budget.toNanos();
    return round > 0 && rule.enough(round, intervals(rounds), timeLeft);
  }

  /** What must be precise: the ratios to the first contender, or its time if it is alone. */
  private static List<LogInterval> intervals(Rounds rounds) {
    double[] first = rounds.nanos(rounds.measured.firstEntry().getKey());
    if (rounds.measured.size() == 1) {
      return List.of(LogInterval.of(first));
    }
    return rounds.measured.keySet().stream()
        .skip(1)
        .map(contender -> LogInterval.paired(rounds.nanos(contender), first))
        .toList();
  }
}
