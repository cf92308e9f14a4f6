package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.oracle.Verdict;
import dev.llamark.tensor.DType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelJudgeTest {

  /** Two positions of three tokens; margins 0.25 and 0.5. */
  private static final double[] REFERENCE = {4, 3.75, -4, 3, 2.5, -3};

  private static final Gate WIDE = new Gate(1, "a test", false);

  @Test
  void theGateIsFourTimesTheReferencesRmsErrorAndNeverBelowTheFloor() {
    Gate noise = Gate.againstOracle(Arithmetic.FLOAT, DType.F32, 2e-12, 0);
    assertThat(noise.nmse()).isEqualTo(3.2e-11, within(1e-24));
    assertThat(noise.admits(3.1e-11)).isTrue();
    assertThat(noise.admits(3.3e-11)).isFalse();
    assertThat(noise.admits(Double.NaN)).isFalse();
    assertThat(Gate.againstOracle(Arithmetic.FLOAT, DType.F32, 1e-13, 0).nmse()).isEqualTo(1e-11);
  }

  @Test
  void withoutAnOracleAndForACoarseCacheTheGatesAreFixed() {
    assertThat(Gate.againstReference(Arithmetic.FLOAT, DType.F32).nmse()).isEqualTo(1e-10);
    assertThat(Gate.againstOracle(Arithmetic.FLOAT, DType.F16, 1, 0).nmse()).isEqualTo(1e-6);
    assertThat(Gate.againstReference(Arithmetic.FLOAT, DType.F16).nmse()).isEqualTo(1e-6);
  }

  @Test
  void theGateOfInt8IsFourTimesTheRmsErrorOfTheOraclesOwnFlipsAndNeverBelowItsFloor() {
    assertThat(Gate.againstOracle(Arithmetic.INT8_ACTIVATIONS, DType.F32, 1, 2e-5).nmse())
        .isEqualTo(3.2e-4, within(1e-15));
    assertThat(Gate.againstOracle(Arithmetic.INT8_ACTIVATIONS, DType.F32, 1, 1e-16).nmse())
        .isEqualTo(1e-4);
  }

  @Test
  void theReferenceItselfPasses() {
    assertThat(judge(REFERENCE, REFERENCE, REFERENCE, WIDE)).isEqualTo(new Verdict.Pass());
  }

  @Test
  void aLargerErrorThanTheGateFailsWithBothFigures() {
    double[] got = {4, 3.75, -4, 3, 2, -3};
    Verdict verdict = judge(got, REFERENCE, REFERENCE, new Gate(1e-11, "the floor", false));
    // 0.25 / (16 + 14.0625 + 16 + 9 + 6.25 + 9)
    assertThat(verdict).isEqualTo(new Verdict.Fail("NMSE 0.0036, allowed 1.0e-11 (the floor)"));
  }

  @Test
  void anotherTokenBeyondTheReferencesNoiseFails() {
    double[] got = {3.5, 3.75, -4, 3, 2.5, -3};
    double[] oracle = {4.1, 3.75, -4, 3, 2.5, -3}; // noise 0.1, margin 0.25
    assertThat(judge(got, REFERENCE, oracle, WIDE))
        .isInstanceOf(Verdict.Fail.class)
        .satisfies(v -> assertThat(v.reason()).contains("position 0: token 1 instead of 0"));
  }

  @Test
  void anotherTokenWithinTwiceTheReferencesNoiseIsAmbiguous() {
    double[] got = {3.5, 3.75, -4, 3, 2.5, -3};
    double[] oracle = {4, 3.6, -4, 3, 2.5, -3}; // noise 0.15, margin 0.25
    assertThat(judge(got, REFERENCE, oracle, WIDE)).isInstanceOf(Verdict.Ambiguous.class);
  }

  @Test
  void theNoiseIsTakenAtThePositionItself() {
    double[] got = {3.5, 3.75, -4, 3, 2.5, -3};
    double[] oracle = {4, 3.75, -4, 3, 2.5, -4}; // noise at position 1 alone
    assertThat(judge(got, REFERENCE, oracle, WIDE)).isInstanceOf(Verdict.Fail.class);
  }

  @Test
  void theVariantsOwnErrorIsNoExcuse() {
    double[] got = {-9, 3.75, -4, 3, 2.5, -3};
    Gate anything = new Gate(1e9, "a test", false);
    assertThat(judge(got, REFERENCE, REFERENCE, anything)).isInstanceOf(Verdict.Fail.class);
  }

  @Test
  void aCoarseGateExcusesWhatItPublishes() {
    double[] got = {3.5, 3.75, -4, 3, 2.5, -3};
    // Mean square 15.35 at position 0: √(0.01 · 15.35) = 0.39, margin 0.25
    Gate coarse = new Gate(0.01, "a test", true);
    assertThat(judge(got, REFERENCE, REFERENCE, coarse)).isInstanceOf(Verdict.Ambiguous.class);
  }

  @Test
  void logitsThatAreMostlyOneValueProveLittle() {
    double[] zeros = {0, 0, 0, 1};
    assertThat(judge(zeros, zeros, zeros, 4, WIDE))
        .isEqualTo(
            new Verdict.Mistrusted(
                "75 % of the reference's logits at position 0 have one and the same value"));
    double[] allZero = new double[4];
    assertThat(judge(allZero, allZero, allZero, 4, WIDE)).isInstanceOf(Verdict.Mistrusted.class);
  }

  @Test
  void aReferenceThatIsNotFiniteProvesNothing() {
    double[] broken = {Double.NaN, 1, 2, 3, 4, 5};
    assertThat(judge(REFERENCE, broken, broken, WIDE))
        .isEqualTo(new Verdict.Mistrusted("the reference itself is not finite at position 0"));
  }

  @Test
  void nanOfTheVariantFailsAndSaysWhere() {
    double[] got = {4, 3.75, -4, 3, Double.NaN, -3};
    assertThat(judge(got, REFERENCE, REFERENCE, WIDE))
        .isEqualTo(new Verdict.Fail("NMSE is undefined: got NaN at position 1, token 1"));
  }

  @Test
  void constantOutputOfAVariantFails() {
    assertThat(judge(new double[6], REFERENCE, REFERENCE, new Gate(0.5, "a test", false)))
        .isInstanceOf(Verdict.Fail.class);
  }

  private static Verdict judge(double[] got, double[] reference, double[] oracle, Gate gate) {
    return judge(got, reference, oracle, 3, gate);
  }

  private static Verdict judge(
      double[] got, double[] reference, double[] oracle, int vocab, Gate gate) {
    LogitRows expected = LogitRows.of(reference, vocab);
    LogitRows right = LogitRows.of(oracle, vocab);
    LogitRows rows = LogitRows.of(got, vocab);
    return new ModelJudge(expected, Optional.of(expected), Optional.of(right))
        .judge(Divergence.of(rows, expected), Divergence.of(rows, right), gate);
  }
}
