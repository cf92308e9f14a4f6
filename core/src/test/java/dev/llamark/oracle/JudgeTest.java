package dev.llamark.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0, true",
    "1, 1.5, 1, true",
    "1, 2, 1, true",
    "1, 2.01, 1, false",
    "1, -0.01, 1, false",
    "1, NaN, 1, false",
    "1, NaN, Infinity, false",
    "1, Infinity, 1, false",
    "1, 1.0000001, 0, false",
    "0, -0.0, 0, true",
    "NaN, NaN, 0, true",
    "NaN, 1, 1e30, false",
    "NaN, Infinity, 1e30, false",
    "Infinity, Infinity, 0, true",
    "Infinity, NaN, 0, true",
    "Infinity, -Infinity, 1e30, false",
    "Infinity, 1, Infinity, false",
    "-Infinity, -Infinity, NaN, true",
    "NaN, 1, NaN, false"
  })
  void anElementPassesWithinWhatIsAllowed(
      double expected, float got, double allowed, boolean passes) {
    Judge judge = new Judge(1);
    judge.element(0, expected, got, allowed, allowed);
    assertThat(judge.judgement().passed()).isEqualTo(passes);
  }

  @Test
  void theWorstElementIsNamedByItsCoordinates() {
    Judge judge = new Judge(2, 3);
    judge.element(0, 1, 1.1f, 1, 1);
    judge.element(4, 1, 3f, 1, 1);
    judge.element(5, 1, 2f, 1, 1);
    Judgement judgement = judge.judgement();
    assertThat(judgement.maxRatioToBound()).isEqualTo(2);
    assertThat(judgement.maxAbs()).isEqualTo(2);
    assertThat(judgement.worst().orElseThrow().index()).containsExactly(1, 1);
    assertThat(judgement.verdict().reason()).contains("[1, 1]", "expected 1", "got 3");
  }

  @Test
  void anExactElementHasNoTolerance() {
    Judge judge = new Judge(2);
    judge.exact(0, 16777216, 16777216f);
    assertThat(judge.judgement().passed()).isTrue();
    judge.exact(1, 16777215, 16777216f);
    assertThat(judge.judgement().passed()).isFalse();
    assertThat(judge.judgement().maxRatioToBound()).isInfinite();
  }

  @Test
  void aLaterPassDoesNotHideAFailure() {
    Judge judge = new Judge(2);
    judge.element(0, 0, Float.NaN, 1, 1);
    judge.element(1, 0, 0, 1, 1);
    assertThat(judge.judgement().passed()).isFalse();
  }

  @Test
  void meanErrorIsRelativeToTheSumOfSquares() {
    Judge judge = new Judge(2);
    judge.element(0, 3, 3.5f, 1, 1);
    judge.element(1, 4, 4f, 1, 1);
    assertThat(judge.judgement().nmse()).isCloseTo(0.25 / 25, within(1e-15));
  }

  @Test
  void meanErrorOfARoundedInputRefersToThePlainValue() {
    Judge judge = new Judge(1);
    judge.element(0, 2.5, 2, 2.5f, 0, 0);
    assertThat(judge.judgement().passed()).isTrue();
    assertThat(judge.judgement().nmse()).isCloseTo(0.25 / 4, within(1e-15));
  }

  @Test
  void anUnlikelyErrorWithinTheBoundIsSuspicious() {
    Judge judge = new Judge(1);
    judge.element(0, 1, 1.5f, 1, 0.25);
    assertThat(judge.judgement().passed()).isTrue();
    assertThat(judge.judgement().suspicious()).isTrue();
  }
}
