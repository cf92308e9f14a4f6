package dev.llamark.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.bench.statistics.Comparison.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the statistics say about forks whose truth is known, the stopping rule included. */
class SimulatedRunTest {

  private static final int RUNS = 20_000;
  private static final StoppingRule RULE = new StoppingRule(5, 10, 0.02);

  private static double share(SimulatedForks forks, Verdict verdict, boolean paired) {
    int count = 0;
    for (int run = 0; run < RUNS; run++) {
      if (verdict(forks.times(RULE.most()), paired) == verdict) {
        count++;
      }
    }
    return (double) count / RUNS;
  }

  /** Adds forks until the rule has enough, as a run does. */
  private static Verdict verdict(double[][] times, boolean paired) {
    for (int n = RULE.least(); ; n++) {
      double[] a = Arrays.copyOf(times[0], n);
      double[] b = Arrays.copyOf(times[1], n);
      LogInterval speed = paired ? LogInterval.paired(a, b) : LogInterval.unpaired(a, b);
      if (RULE.enough(n, List.of(speed), true)) {
        return Comparison.of(speed, Comparison.SMALLEST).verdict();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "1.06, 0.5, 1", "1.1, 0.5, 1", "1.25, 0.3, 1", "1.5, 0.5, 1", "1, 0, 1.2"})
  void forksThatDifferByNothingAreCalledSlowerAtMostOnceInAHundredRuns(
      double hump, double share, double drift) {
    SimulatedForks forks = SimulatedForks.alike(42).humps(hump, share).drift(drift);
    assertThat(share(forks, Verdict.SLOWER, true)).isLessThanOrEqualTo(0.01);
    assertThat(share(forks, Verdict.FASTER, true)).isLessThanOrEqualTo(0.01);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1.1, 0.5", "1.25, 0.3"})
  void runsApartRaiseNoMoreFalseAlarms(double hump, double share) {
    SimulatedForks forks = SimulatedForks.alike(43).humps(hump, share);
    assertThat(share(forks, Verdict.SLOWER, false)).isLessThanOrEqualTo(0.01);
  }

  @ParameterizedTest
  @CsvSource({"1", "1.1"})
  void slowdownOfFivePercentIsFoundInNinetyFiveOfAHundredRuns(double drift) {
    SimulatedForks forks = SimulatedForks.alike(44).slowdown(1.05).drift(drift);
    assertThat(share(forks, Verdict.SLOWER, true)).isGreaterThanOrEqualTo(0.95);
  }

  /**
   * As {@code --a --b} judges: A runs twice, and what it differs from itself by counts as noise.
   */
  private static double shareOfSettings(SimulatedForks forks, Verdict verdict) {
    int count = 0;
    for (int run = 0; run < RUNS; run++) {
      double[][] times = forks.times(RULE.most());
      for (int n = RULE.least(); ; n++) {
        double[] a = Arrays.copyOf(times[0], n);
        LogInterval speed = LogInterval.paired(a, Arrays.copyOf(times[1], n));
        LogInterval itself = LogInterval.paired(a, Arrays.copyOf(times[2], n));
        if (RULE.enough(n, List.of(speed, itself), true)) {
          double ratio = itself.estimate();
          double threshold = Comparison.threshold(Math.max(ratio, 1 / ratio) - 1);
          count += Comparison.of(speed, threshold).verdict() == verdict ? 1 : 0;
          break;
        }
      }
    }
    return (double) count / RUNS;
  }

  @Test
  void settingsAreJudgedWithAsFewFalseAlarmsAndFindFivePercent() {
    SimulatedForks alike = SimulatedForks.alike(52);
    assertThat(shareOfSettings(alike, Verdict.SLOWER)).isLessThanOrEqualTo(0.01);
    assertThat(shareOfSettings(alike.humps(1.1, 0.5), Verdict.SLOWER)).isLessThanOrEqualTo(0.01);
    assertThat(shareOfSettings(alike.slowdown(1.05), Verdict.SLOWER)).isGreaterThanOrEqualTo(0.95);
    assertThat(shareOfSettings(alike.slowdown(1.05).drift(1.1), Verdict.SLOWER))
        .isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void slowdownOfFivePercentIsNeverCalledFaster() {
    SimulatedForks forks = SimulatedForks.alike(45).slowdown(1.05);
    assertThat(share(forks, Verdict.FASTER, true)).isZero();
  }

  @Test
  void slowdownOfOnePercentDoesNotCount() {
    SimulatedForks forks = SimulatedForks.alike(46).slowdown(1.01);
    assertThat(share(forks, Verdict.SLOWER, true)).isLessThan(0.05);
  }

  @Test
  void intervalHoldsTheTruthInNinetyNineOfAHundredRuns() {
    SimulatedForks forks = SimulatedForks.alike(47).slowdown(1.2);
    int held = 0;
    for (int run = 0; run < RUNS; run++) {
      double[][] times = forks.times(5);
      held += LogInterval.paired(times[1], times[0]).contains(1.2) ? 1 : 0;
    }
    assertThat((double) held / RUNS).isBetween(0.985, 0.995);
  }

  private static double shareWith(String pattern, SimulatedForks forks) {
    int count = 0;
    for (int run = 0; run < RUNS; run++) {
      count += ForkPattern.find(forks.times(10)[0]).contains(pattern) ? 1 : 0;
    }
    return (double) count / RUNS;
  }

  /** Forks of one hump, however far they spread. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 12, 20})
  void oneHumpIsTakenForTwoAtMostOnceInAHundredRunsHoweverFewTheForks(int forks) {
    SplittableRandom random = new SplittableRandom(51);
    int humps = 0;
    int drifts = 0;
    for (int run = 0; run < 4 * RUNS; run++) {
      double[] times = new double[forks];
      Arrays.setAll(times, i -> Math.exp(0.2 * random.nextGaussian()));
      List<String> found = ForkPattern.find(times);
      humps += found.contains(ForkPattern.TWO_HUMPED) ? 1 : 0;
      drifts += found.contains(ForkPattern.DRIFT) ? 1 : 0;
    }
    assertThat(humps / (4.0 * RUNS)).isLessThan(0.0108); // 0.01, and three standard errors
    assertThat(drifts / (4.0 * RUNS)).isLessThan(0.0108);
  }

  @Test
  void humpsThatFiveForksShowAreFlagged() {
    assertThat(ForkPattern.find(1.01, 1.30, 1.00, 1.31, 1.01)).containsExactly("two-humped");
    assertThat(ForkPattern.find(1.01, 1.30, 1.00)).containsExactly("few-forks");
  }

  @Test
  void twoHumpsAreFlagged() {
    SimulatedForks forks = SimulatedForks.alike(48).humps(1.3, 0.5);
    assertThat(shareWith(ForkPattern.TWO_HUMPED, forks)).isGreaterThan(0.9);
  }

  @Test
  void driftIsFlaggedAndNotTakenForHumps() {
    SimulatedForks forks = SimulatedForks.alike(49).drift(1.2);
    assertThat(shareWith(ForkPattern.DRIFT, forks)).isGreaterThan(0.95);
    assertThat(shareWith(ForkPattern.TWO_HUMPED, forks)).isLessThan(0.02);
  }

  @Test
  void quietForksAreNotFlagged() {
    SimulatedForks forks = SimulatedForks.alike(50);
    assertThat(shareWith(ForkPattern.TWO_HUMPED, forks)).isLessThan(0.01);
    assertThat(shareWith(ForkPattern.DRIFT, forks)).isLessThan(0.01);
  }
}
