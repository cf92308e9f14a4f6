package dev.llamark.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.run.ExitCode;
import dev.llamark.run.InputException;
import org.junit.jupiter.api.Test;

class OutcomeTest {

  private final Outcome outcome = new Outcome();

  @Test
  void nothingThatRanIsNotAPass() {
    assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.NOTHING_RAN);
    assertThat(outcome.text(0)).isEqualTo("NOTHING: nothing ran. 0.0 s");
  }

  @Test
  void aWrongVariantFailsAndIsNotListedAmongThosePassing() {
    outcome.right("scalar");
    outcome.right("mine");
    outcome.wrong("mine is wrong in Rope");
    assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.WRONG);
    assertThat(outcome.text(1.25)).isEqualTo("FAIL: mine is wrong in Rope; scalar passes. 1.3 s");
  }

  @Test
  void aPeersOwnErrorIsSaidAndChangesNothing() {
    outcome.right("scalar");
    outcome.right("ort");
    outcome.remark("ort has errors of its own");
    assertThat(outcome.exitCode(true)).isEqualTo(ExitCode.OK);
    assertThat(outcome.text(0)).isEqualTo("PASS: scalar passes; ort has errors of its own. 0.0 s");
  }

  @Test
  void warningsFailOnlyTheStrict() {
    outcome.warning("mine is ambiguous at position 3");
    assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.OK);
    assertThat(outcome.exitCode(true)).isEqualTo(ExitCode.WRONG);
  }

  @Test
  void aBrokenVariantComesBeforeWhatTheMachineLacksAndTheOthersAreTold() {
    outcome.right("scalar");
    outcome.missing("no ONNX Runtime");
    outcome.atFault(new InputException("variant 'mine' cannot be opened"));
    assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.text(0))
        .isEqualTo(
            "INCOMPLETE: variant 'mine' cannot be opened; no ONNX Runtime; scalar passes. 0.0 s");
  }

  @Test
  void whatTheMachineLacksComesBeforeWhatIsWrong() {
    outcome.wrong("mine is wrong in Rope");
    outcome.missing("no ONNX Runtime");
    assertThat(outcome.exitCode(false)).isEqualTo(ExitCode.ENVIRONMENT);
  }
}
