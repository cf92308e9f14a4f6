package dev.llamark.verify.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DivergenceTest {

  private static final Offset<Double> EXACT = within(1e-14);
  private static final double LN3 = Math.log(3);

  @Test
  void equalLogitsHaveNoDistance() {
    Divergence same = of(new double[] {1, 2, 3, 4}, new double[] {1, 2, 3, 4}, 2);
    assertThat(same.maxAbs()).isZero();
    assertThat(same.nmse()).isZero();
    assertThat(same.kldMean()).isZero();
    assertThat(same.top1()).isEqualTo(1);
    assertThat(same.top10()).isEqualTo(1);
    assertThat(same.undefined()).isEmpty();
    assertThat(same.otherTops()).isEmpty();
  }

  @Test
  void nmseDividesTheSquaredErrorBySquaredExpectation() {
    // Errors 1 and −2, expected 3 and 4: (1 + 4) / (9 + 16)
    Divergence divergence = of(new double[] {4, 2}, new double[] {3, 4}, 2);
    assertThat(divergence.nmse()).isEqualTo(0.2, EXACT);
    assertThat(divergence.maxAbs()).isEqualTo(2);
  }

  @Test
  void klIsOfTheGotFromTheExpectedDistributionInNats() {
    // Expected (1/4, 3/4), got (1/2, 1/2): ¼·ln ½ + ¾·ln 1½; the second position agrees
    Divergence divergence = of(new double[] {5, 5, 0, 1}, new double[] {7, 7 + LN3, 0, 1}, 2);
    double expected = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
    assertThat(divergence.kldMax()).isEqualTo(expected, EXACT);
    assertThat(divergence.kldMean()).isEqualTo(expected / 2, EXACT);
  }

  @Test
  void klSurvivesLogitsWhoseExponentialsOverflow() {
    Divergence divergence =
        of(new double[] {1000, 1000 + LN3}, new double[] {-1000, -1000 + LN3}, 2);
    assertThat(divergence.kldMean()).isEqualTo(0, within(1e-12));
  }

  @Test
  void top1AndTop10AreFractions() {
    double[] expected = new double[12];
    double[] got = new double[12];
    for (int i = 0; i < 12; i++) {
      expected[i] = 100 - i; // the ten: 0 … 9
      got[i] = 100 - i;
    }
    got[9] = -1; // leaves the ten; 10 moves up
    got[1] = 200; // becomes the first
    Divergence divergence = of(got, expected, 12);
    assertThat(divergence.top1()).isZero();
    assertThat(divergence.top10()).isEqualTo(0.9, EXACT);
    Divergence.Position position = divergence.otherTops().getFirst();
    assertThat(position.expectedTop()).isZero();
    assertThat(position.gotTop()).isEqualTo(1);
    assertThat(position.expectedMargin()).isEqualTo(1);
    assertThat(position.gotMargin()).isEqualTo(100);
  }

  @Test
  void aVocabularyBelowTenIsComparedWhole() {
    assertThat(of(new double[] {1, 2, 3}, new double[] {3, 2, 1}, 3).top10()).isEqualTo(1);
  }

  @Test
  void ofEqualLogitsTheLowestTokenIsFirst() {
    assertThat(new Distribution(new double[] {1, 2, 2}).top()).isEqualTo(1);
    assertThat(new Distribution(new double[] {1, 2, 2}).margin()).isZero();
    assertThat(new Distribution(new double[] {1, 2, 2}).top(2)).containsExactly(1, 2);
  }

  @Test
  void nanIsNeverEqualAndSaysWhere() {
    double nan = Double.NaN;
    Divergence divergence = of(new double[] {1, 2, 3, nan}, new double[] {1, 2, 3, nan}, 2);
    assertThat(divergence.nmse()).isNaN();
    assertThat(divergence.maxAbs()).isNaN();
    assertThat(divergence.kldMean()).isNaN();
    assertThat(divergence.kldMax()).isNaN();
    assertThat(divergence.top1()).isEqualTo(0.5);
    assertThat(divergence.top10()).isEqualTo(0.5);
    assertThat(divergence.undefined()).isEqualTo("got NaN at position 1, token 1");
    assertThat(divergence.worst().position()).isEqualTo(1);
  }

  @Test
  void infinityIsNotADistance() {
    Divergence divergence = of(new double[] {1, Double.POSITIVE_INFINITY}, new double[] {1, 2}, 2);
    assertThat(divergence.nmse()).isNaN();
    assertThat(divergence.undefined()).isEqualTo("got Infinity at position 0, token 1");
  }

  @Test
  void nothingExpectedLeavesNmseUndefined() {
    Divergence divergence = of(new double[] {1, 0}, new double[] {0, 0}, 2);
    assertThat(divergence.nmse()).isNaN();
    assertThat(divergence.maxAbs()).isEqualTo(1);
    assertThat(divergence.undefined()).isEqualTo("the expected logits are all 0");
  }

  @Test
  void differentNumbersOfPositionsAreRefused() {
    assertThatThrownBy(() -> of(new double[2], new double[4], 2))
        .hasMessage("logits of 1 x 2 cannot be compared with 2 x 2");
  }

  @Test
  void samenessIsTheLargestFractionOfOneValue() {
    assertThat(new Distribution(new double[] {3, 0, 0, -0.0}).sameness()).isEqualTo(0.75);
  }

  private static Divergence of(double[] got, double[] expected, int vocab) {
    return Divergence.of(LogitRows.of(got, vocab), LogitRows.of(expected, vocab));
  }
}
