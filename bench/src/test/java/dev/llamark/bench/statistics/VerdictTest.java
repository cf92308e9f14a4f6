package dev.llamark.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.bench.statistics.Comparison.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  @ParameterizedTest
  @CsvSource({
    "1.10, 1.05, 1.15, FASTER",
    "0.90, 0.85, 0.95, SLOWER",
    "0.98, 0.97, 0.99, SAME", // surely slower, but by less than counts
    "1.00, 0.98, 1.02, SAME",
    "0.95, 0.89, 1.01, UNDECIDED",
    "1.00, 0.90, 1.10, UNDECIDED",
    "0.50, NaN, NaN, UNDECIDED"
  })
  void differenceCountsIfSureAndLarge(double estimate, double lo, double hi, Verdict verdict) {
    LogInterval speed = new LogInterval(estimate, lo, hi);
    assertThat(Comparison.of(speed, 0.03).verdict()).isEqualTo(verdict);
  }

  @Test
  void noisyMachineRaisesTheThreshold() {
    LogInterval speed = new LogInterval(0.93, 0.90, 0.96);
    assertThat(Comparison.of(speed, Comparison.threshold(0.01)).verdict())
        .isEqualTo(Verdict.SLOWER);
    assertThat(Comparison.of(speed, Comparison.threshold(0.10)).verdict()).isEqualTo(Verdict.SAME);
  }

  @Test
  void runIsTheSameAsItselfHoweverItsForksSpread() {
    double[] forks = {1, 3, 2};
    assertThat(Comparison.ofTimes(forks, forks.clone(), 0.03).verdict()).isEqualTo(Verdict.SAME);
  }

  @Test
  void whatHasNoForksIsNotTheSameAsAnything() {
    double[] none = {};
    assertThat(Comparison.ofTimes(none, none.clone(), 0.03).verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(Comparison.ofTimes(none, new double[] {1, 2}, 0.03).verdict())
        .isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void longerTimesAreSlower() {
    double[] base = {1.00, 1.01, 0.99};
    double[] next = {1.30, 1.31, 1.29};
    assertThat(Comparison.ofTimes(base, next, 0.03).verdict()).isEqualTo(Verdict.SLOWER);
    assertThat(Comparison.ofTimes(next, base, 0.03).verdict()).isEqualTo(Verdict.FASTER);
  }

  @Test
  void goalIsMetWhenTheIntervalReachesIt() {
    assertThat(Goal.of(new LogInterval(0.97, 0.93, 1.01), 1)).isEqualTo(Goal.MET);
    assertThat(Goal.of(new LogInterval(0.95, 0.92, 0.99), 1)).isEqualTo(Goal.MISSED);
    assertThat(Goal.of(LogInterval.of(2), 1)).isEqualTo(Goal.UNDECIDED);
  }

  @Test
  void stopsWhenAllIntervalsAreNarrow() {
    StoppingRule rule = new StoppingRule(5, 10, 0.02);
    LogInterval narrow = new LogInterval(3, 2.97, 3.03);
    LogInterval wide = new LogInterval(3, 2.7, 3.3);
    assertThat(rule.enough(4, List.of(narrow), true)).isFalse();
    assertThat(rule.enough(5, List.of(narrow), true)).isTrue();
    assertThat(rule.enough(5, List.of(narrow, wide), true)).isFalse();
    assertThat(rule.enough(10, List.of(wide), true)).isTrue();
    assertThat(rule.enough(2, List.of(wide), false)).isTrue();
  }

  @Test
  void stopsAfterFiveForksWhereTenWouldBeFarFromPrecise() {
    StoppingRule rule = new StoppingRule(3, 10, 0.02);
    LogInterval noisy = new LogInterval(3, 3 / 1.25, 3 * 1.25); // ten would give about ±12 %
    LogInterval wide = new LogInterval(3, 3 / 1.15, 3 * 1.15); // about ±7 %
    assertThat(rule.enough(4, List.of(noisy), true)).isFalse();
    assertThat(rule.enough(5, List.of(noisy), true)).isTrue();
    assertThat(rule.enough(5, List.of(noisy, wide), true)).isFalse();
    assertThat(new StoppingRule(10, 10, 0.02).enough(5, List.of(noisy), true)).isFalse();
  }
}
