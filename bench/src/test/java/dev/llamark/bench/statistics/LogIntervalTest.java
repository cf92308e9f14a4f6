package dev.llamark.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LogIntervalTest {

  /** Quantile of Student's t, 2 degrees of freedom, 0.995: printed tables. */
  private static final double T_2 = 9.9248;

  @Test
  void isStudentsIntervalOfTheLogarithms() {
    LogInterval interval = LogInterval.of(Math.E, Math.exp(2), Math.exp(3));
    double half = T_2 * 1 / Math.sqrt(3);
    assertThat(Math.log(interval.estimate())).isCloseTo(2, within(1e-12));
    assertThat(Math.log(interval.lo())).isCloseTo(2 - half, within(1e-3));
    assertThat(Math.log(interval.hi())).isCloseTo(2 + half, within(1e-3));
  }

  @Test
  void oneValueHasNoInterval() {
    LogInterval interval = LogInterval.of(7);
    assertThat(interval.estimate()).isCloseTo(7, within(1e-12));
    assertThat(interval.known()).isFalse();
    assertThat(interval.halfWidth()).isInfinite();
    assertThat(interval.toRatio().lo()).isNull();
  }

  @Test
  void commonDriftOfPairsDropsOut() {
    LogInterval ratio = LogInterval.paired(new double[] {2, 4, 8}, new double[] {1, 2, 4});
    assertThat(ratio.lo()).isCloseTo(2, within(1e-9));
    assertThat(ratio.hi()).isCloseTo(2, within(1e-9));
  }

  @Test
  void inverseRatioHasTheInverseInterval() {
    double[] a = {1, 1.1, 0.9};
    double[] b = {2, 2.3, 2.1};
    LogInterval forth = LogInterval.unpaired(a, b);
    LogInterval back = LogInterval.unpaired(b, a).inverse();
    assertThat(forth.lo()).isCloseTo(back.lo(), within(1e-12));
    assertThat(forth.hi()).isCloseTo(back.hi(), within(1e-12));
  }

  @Test
  void pairsMustBeComplete() {
    assertThatThrownBy(() -> LogInterval.paired(new double[2], new double[3]))
        .hasMessageContaining("2 and 3");
  }
}
