package dev.llamark.bench.op;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerifiedTest {

  @Test
  void errorIsReadFromWhatAForkPrints() {
    String output =
        """
        # JMH version: 1.37
        llamark: vector is right: largest error 0.0410 of the bound, NMSE 1.20e-14
        # Warmup Iteration   1: 3.2 ns/op
        """;
    assertThat(Verified.error(output))
        .hasValueSatisfying(
            error -> {
              assertThat(error.maxRatioToBound()).isEqualTo(0.041);
              assertThat(error.nmse()).isEqualTo(1.2e-14);
            });
    assertThat(Verified.wrong(output)).isEmpty();
  }

  @Test
  void wrongResultIsReadFromWhatAForkPrints() {
    assertThat(Verified.wrong("x\nllamark: mine is wrong: worst at [0]: expected 1\ny"))
        .hasValue("mine is wrong: worst at [0]: expected 1");
  }

  @Test
  void silenceSaysNothing() {
    assertThat(Verified.error("# JMH version: 1.37")).isEmpty();
  }
}
