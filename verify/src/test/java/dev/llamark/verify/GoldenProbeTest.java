package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the embedded model gave when its golden file was made is what it gives now. */
class GoldenProbeTest {

  @Test
  void theProbeGivesWhatItGave() {
    VerifyCall call =
        VerifyCall.withoutOnnxRuntime(
            "model",
            "--golden",
            "src/test/resources/probe.golden.json",
            "--kernels",
            "scalar,vector");
    assertThat(call.exitCode()).as(call.out() + call.error()).isZero();
    assertThat(call.out()).contains("PASS: scalar, vector");
  }
}
