package dev.llamark.bench.fork;

import dev.llamark.bench.statistics.LogInterval;
import dev.llamark.bench.statistics.StoppingRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

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

    /** The same of some rounds, by their numbers from 0. */
    public double[] nanos(ForkSpec contender, int... rounds) {
      List<ForkResult.Measured> forks = measured.get(contender);
      return Arrays.stream(rounds).mapToDouble(round -> forks.get(round).nanos()).toArray();
    }

    /** Numbers of the rounds in which both were warm. */
    public int[] warm(ForkSpec one, ForkSpec other) {
      List<ForkResult.Measured> ones = measured.get(one);
      List<ForkResult.Measured> others = measured.get(other);
      return IntStream.range(0, ones.size())
          .filter(round -> ones.get(round).warm() && others.get(round).warm())
          .toArray();
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

  /**
   * What must be precise: the ratios to the first contender, or its time if it is alone. Forks that
   * were not warm are left out: they would make the machine look noisier than it is.
   */
  private static List<LogInterval> intervals(Rounds rounds) {
    ForkSpec first = rounds.measured.firstEntry().getKey();
    if (rounds.measured.size() == 1) {
      return List.of(LogInterval.of(rounds.nanos(first, counted(rounds, first, first))));
    }
    return rounds.measured.keySet().stream()
        .skip(1)
        .map(contender -> ratio(rounds, contender, first))
        .toList();
  }

  private static LogInterval ratio(Rounds rounds, ForkSpec contender, ForkSpec first) {
    int[] counted = counted(rounds, contender, first);
    return LogInterval.paired(rounds.nanos(contender, counted), rounds.nanos(first, counted));
  }

  /** The rounds in which both were warm, or all if those are too few for an interval. */
  private static int[] counted(Rounds rounds, ForkSpec one, ForkSpec other) {
    int[] warm = rounds.warm(one, other);
    return warm.length < 2 ? IntStream.range(0, rounds.measured.get(one).size()).toArray() : warm;
  }
}
