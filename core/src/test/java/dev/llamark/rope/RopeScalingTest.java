package dev.llamark.rope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Expected frequencies are worked out by hand for a base of 10000 and four pairs: 1, 0.1, … */
class RopeScalingTest {

  private static final double THETA = 1e4;
  private static final int DIM = 8;

  @Test
  void withoutScalingFrequenciesAreAGeometricSeries() {
    assertFrequencies(new RopeScaling.None().inverseFrequencies(THETA, DIM), 1, 0.1, 0.01, 0.001);
    assertFrequencies(new RopeScaling.None().inverseFrequencies(100, 4), 1, 0.1);
  }

  @Test
  void linearDividesAll() {
    RopeScaling linear = new RopeScaling.Linear(4);
    assertFrequencies(linear.inverseFrequencies(THETA, DIM), 0.25, 0.025, 0.0025, 0.00025);
  }

  @Test
  void dynamicKeepsFrequenciesUpToTheOriginalContext() {
    RopeScaling dynamic = new RopeScaling.Dynamic(3, 100);
    assertFrequencies(dynamic.inverseFrequencies(THETA, DIM, 1), 1, 0.1, 0.01, 0.001);
    assertFrequencies(dynamic.inverseFrequencies(THETA, DIM, 100), 1, 0.1, 0.01, 0.001);
    assertThat(dynamic.inverseFrequencies(THETA, DIM, 101)[3]).isLessThan(0.001);
    assertThat(dynamic.sameFrequencies(1, 100)).isTrue();
    assertThat(dynamic.sameFrequencies(100, 101)).isFalse();
    assertThat(dynamic.sameFrequencies(101, 102)).isFalse();
    assertThat(dynamic.sameFrequencies(300, 300)).isTrue();
  }

  /** At 300 of 100 positions the stretch is 3·3 − 2 = 7, which the slowest pair is divided by. */
  @Test
  void dynamicDividesTheSlowestPairByTheStretch() {
    double[] frequencies = new RopeScaling.Dynamic(3, 100).inverseFrequencies(THETA, DIM, 300);
    double perPair = Math.cbrt(7);
    assertFrequencies(frequencies, 1, 0.1 / perPair, 0.01 / (perPair * perPair), 0.001 / 7);
  }

  /**
   * Pair j turns {@code L · 10^−j / 2π} times in L positions; with L = 2π · 1000 those are 1000,
   * 100, 10 and 1 turns. A ramp from 1000 turns to 1 turn thus divides none, a third, two thirds
   * and all of the pairs' frequencies.
   */
  @Test
  void yarnRampsFromFastToSlowPairs() {
    int context = (int) Math.round(2 * Math.PI * 1000);
    RopeScaling yarn = new RopeScaling.Yarn(5, context, 1000, 1, false, 1);
    double[] frequencies = yarn.inverseFrequencies(THETA, DIM);
    double[] expected = {1, 0.1 * (2 + 0.2) / 3, 0.01 * (1 + 2 * 0.2) / 3, 0.0002};
    for (int j = 0; j < expected.length; j++) {
      assertThat(frequencies[j]).isCloseTo(expected[j], within(expected[j] * 1e-4));
    }
  }

  /** Turns 900 and 1.2 lie at pairs 0.05 and 2.92; whole pairs around them are 0 and 3. */
  @Test
  void yarnTruncationMovesTheRampToWholePairs() {
    int context = (int) Math.round(2 * Math.PI * 1000);
    double[] whole =
        new RopeScaling.Yarn(5, context, 900, 1.2, true, 1).inverseFrequencies(THETA, DIM);
    double[] exact =
        new RopeScaling.Yarn(5, context, 900, 1.2, false, 1).inverseFrequencies(THETA, DIM);
    assertThat(whole[1]).isCloseTo(0.1 * (2 + 0.2) / 3, within(1e-9));
    assertThat(whole[2]).isCloseTo(0.01 * (1 + 2 * 0.2) / 3, within(1e-10));
    assertThat(exact[1]).isGreaterThan(whole[1]);
    assertThat(exact[2]).isLessThan(whole[2]);
  }

  @Test
  void yarnLengthensByTheLogarithmOfTheFactor() {
    assertThat(RopeScaling.Yarn.of(16, 4096).attentionFactor())
        .isCloseTo(1.2772588722239782, within(1e-12));
    assertThat(RopeScaling.Yarn.magnitude(Math.E, 0.707)).isCloseTo(1.0707, within(1e-12));
    assertThat(RopeScaling.Yarn.magnitude(0.5, 1)).isEqualTo(1);
  }

  /** Context 2π·100: wavelengths are 1/100, 1/10, 1 and 10 contexts. */
  @Test
  void llama3DividesLongWavesOnly() {
    int context = (int) Math.round(2 * Math.PI * 100);
    double[] frequencies = new RopeScaling.Llama3(8, 2, 5, context).inverseFrequencies(THETA, DIM);
    assertFrequencies(frequencies, 1, 0.1, 0.01 / 8, 0.001 / 8);
    double[] blended = new RopeScaling.Llama3(8, 5, 15, context).inverseFrequencies(THETA, DIM);
    assertThat(blended[1]).isCloseTo(0.1 * (0.5 / 8 + 0.5), within(1e-4)); // 10 is midway
  }

  @Test
  void longRopeChangesListsBeyondTheOriginalContext() {
    RopeScaling scaling =
        new RopeScaling.LongRope(List.of(1.0, 1.0, 2.0, 2.0), List.of(1.0, 2.0, 4.0, 8.0), 64, 1.1);
    assertFrequencies(scaling.inverseFrequencies(THETA, DIM), 1, 0.1, 0.005, 0.0005);
    assertFrequencies(scaling.inverseFrequencies(THETA, DIM, 64), 1, 0.1, 0.005, 0.0005);
    assertFrequencies(scaling.inverseFrequencies(THETA, DIM, 65), 1, 0.05, 0.0025, 0.000125);
    assertThat(scaling.sameFrequencies(1, 64)).isTrue();
    assertThat(scaling.sameFrequencies(64, 65)).isFalse();
    assertThat(scaling.sameFrequencies(65, 100_000)).isTrue();
    assertThat(RopeScaling.LongRope.magnitude(16, 256)).isCloseTo(Math.sqrt(1.5), within(1e-12));
    assertThat(RopeScaling.LongRope.magnitude(1, 256)).isEqualTo(1);
  }

  @Test
  void explicitFactorsDivideEachPair() {
    RopeScaling scaling = new RopeScaling.PerPair(List.of(1.0, 2.0, 4.0, 8.0));
    assertFrequencies(scaling.inverseFrequencies(THETA, DIM, 5000), 1, 0.05, 0.0025, 0.000125);
  }

  @Test
  void factorsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new RopeScaling.Linear(0)).hasMessageContaining("factor");
    assertThatThrownBy(() -> new RopeScaling.Dynamic(2, 0)).hasMessageContaining("context");
    assertThatThrownBy(() -> new RopeScaling.Yarn(2, 64, Double.NaN, 1, true, 1))
        .hasMessageContainingAll("beta_fast", "NaN");
    List<Double> three = Collections.nCopies(3, 1.0);
    assertThatThrownBy(
            () -> new RopeScaling.LongRope(three, three, 64, 1).inverseFrequencies(THETA, DIM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("4", "3");
  }

  private static void assertFrequencies(double[] actual, double... expected) {
    assertThat(actual).hasSize(expected.length);
    for (int j = 0; j < expected.length; j++) {
      assertThat(actual[j]).as("pair %d", j).isCloseTo(expected[j], within(expected[j] * 1e-12));
    }
  }
}
