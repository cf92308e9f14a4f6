package dev.llamark.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntervalTextTest {

  @Test
  void anIntervalIsHalfItsWidthOrItsEnds() {
    assertThat(IntervalText.halfWidth(0.98, 0.98 * 1.0404)).isEqualTo("±  2 %");
    assertThat(IntervalText.ends(0.98, 1.04)).isEqualTo("[0.98, 1.04]");
  }

  @Test
  void anIntervalThatSpansMoreThanAFactorOfFourSaysNothing() {
    assertThat(IntervalText.halfWidth(1.0, 4.001)).isEqualTo("–");
    assertThat(IntervalText.ends(1e-6, 6.7e39)).isEqualTo("[–]");
    assertThat(IntervalText.says(1.0, 4.0)).isTrue();
  }

  @Test
  void anIntervalThatIsNotThereSaysNothing() {
    assertThat(IntervalText.halfWidth(null, null)).isEqualTo("–");
    assertThat(IntervalText.ends(null, 1.0)).isEqualTo("[–]");
  }
}
