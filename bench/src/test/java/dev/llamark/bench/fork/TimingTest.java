package dev.llamark.bench.fork;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimingTest {

  private static final Timing TIMING =
      new Timing(Duration.ofMillis(300), 2, 11, Duration.ofMillis(25), Duration.ofMinutes(1));

  @Test
  void callsThatFitAnIterationLeaveItAsItIs() {
    assertThat(TIMING.forCalls(0)).isSameAs(TIMING);
    assertThat(TIMING.forCalls(25e6)).isSameAs(TIMING);
  }

  @Test
  void longCallsHaveAsManyIterationsAsTheSameTimeHoldsButAMedianOfThree() {
    assertThat(TIMING.forCalls(55e6).iterations()).isEqualTo(5);
    assertThat(TIMING.forCalls(300e6).iterations()).isEqualTo(3);
    assertThat(TIMING.forCalls(300e6).warmups()).isEqualTo(2);
    assertThat(Timing.QUICK_OPS.forCalls(300e6).warmups()).isEqualTo(2);
    assertThat(new Timing(1, 1, Duration.ofMillis(500), Duration.ofMinutes(1)).forCalls(3e9))
        .extracting(Timing::iterations)
        .isEqualTo(1);
  }
}
