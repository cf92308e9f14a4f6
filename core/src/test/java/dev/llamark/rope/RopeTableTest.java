package dev.llamark.rope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTableTest {

  private static final BigDecimal TWO_PI =
      new BigDecimal("6.283185307179586476925286766559005768394338798750211641949889");

  private static final RopeTable FAR = RopeTable.of(new RopeScaling.None(), 1e4, 8, 131_072);

  /** Base 10000 and four pairs turn by 1, 0.1, 0.01 and 0.001 a position: exact in decimals. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4095, 4096, 65_535, 100_003, 131_070, 131_071})
  void anglesAreAsGoodFarOutAsAtTheStart(int position) {
    for (int pair = 0; pair < 4; pair++) {
      BigDecimal angle = BigDecimal.valueOf(position).movePointLeft(pair);
      double reduced = angle.remainder(TWO_PI).doubleValue();
      double cosine = FAR.cosines()[position * 4 + pair];
      double sine = FAR.sines()[position * 4 + pair];
      assertThat(cosine).isCloseTo(Math.cos(reduced), within(0x1p-24));
      assertThat(sine).isCloseTo(Math.sin(reduced), within(0x1p-24));
      assertThat(FAR.cosine(position, pair)).isCloseTo(Math.cos(reduced), within(1e-10));
      assertThat(FAR.sine(position, pair)).isCloseTo(Math.sin(reduced), within(1e-10));
    }
  }

  @Test
  void partialRotaryHasTheFrequenciesOfItsOwnDimension() {
    RopeTable table = RopeTable.of(new RopeScaling.None(), 100, 4, 3);
    assertThat(table.pairs()).isEqualTo(2);
    assertThat(table.rotaryDim()).isEqualTo(4);
    assertThat(table.sine(2, 1)).isCloseTo(Math.sin(0.2), within(1e-12));
  }

  @Test
  void attentionFactorMultipliesCosinesAndSines() {
    RopeTable table = RopeTable.of(new RopeScaling.Yarn(2, 64, 32, 1, true, 1.5), 1e4, 8, 10);
    assertThat(table.attentionFactor()).isEqualTo(1.5);
    for (int i = 0; i < table.cosines().length; i++) {
      assertThat(Math.hypot(table.cosines()[i], table.sines()[i])).isCloseTo(1.5, within(1e-6));
    }
  }

  @Test
  void tableServesAnyLengthThatItHasRowsFor() {
    RopeTable table = RopeTable.of(new RopeScaling.Llama3(8, 1, 4, 32), 1e4, 8, 100);
    assertThat(table.serves(1)).isTrue();
    assertThat(table.serves(100)).isTrue();
    assertThat(table.serves(101)).isFalse();
  }

  @Test
  void longRopeTableServesOneSideOfTheOriginalContext() {
    RopeScaling scaling = new RopeScaling.LongRope(List.of(1.0, 1.0), List.of(1.0, 4.0), 64, 1);
    RopeTable within = RopeTable.of(scaling, 100, 4, 64);
    RopeTable beyond = RopeTable.of(scaling, 100, 4, 65);
    assertThat(within.sine(10, 1)).isCloseTo(Math.sin(1), within(1e-12));
    assertThat(beyond.sine(10, 1)).isCloseTo(Math.sin(0.25), within(1e-12));
    assertThat(within.serves(63)).isTrue();
    assertThat(within.serves(65)).isFalse();
    assertThat(beyond.serves(64)).isFalse();
    assertThat(RopeTable.of(scaling, 100, 4, 200).serves(65)).isTrue();
  }

  @Test
  void dynamicTableServesItsOwnLengthAloneBeyondTheOriginalContext() {
    RopeScaling scaling = new RopeScaling.Dynamic(2, 64);
    assertThat(RopeTable.of(scaling, 1e4, 8, 64).serves(10)).isTrue();
    RopeTable beyond = RopeTable.of(scaling, 1e4, 8, 80);
    assertThat(beyond.serves(80)).isTrue();
    assertThat(beyond.serves(79)).isFalse();
    assertThat(beyond.serves(64)).isFalse();
  }

  /** Pairs 0, 1 turn by the first coordinate, pair 2 by the second and pair 3 by the third. */
  @Test
  void sectionsTurnByTheirOwnCoordinate() {
    int[][] coordinates = {{0, 5}, {7, 20}, {9, 100}};
    RopeTable table =
        RopeTable.ofSections(new RopeScaling.None(), 1e4, new int[] {2, 1, 1}, coordinates);
    assertThat(table.positions()).isEqualTo(2);
    assertThat(table.rotaryDim()).isEqualTo(8);
    double[] expected = {5, 0.5, 0.2, 0.1};
    for (int pair = 0; pair < 4; pair++) {
      assertThat(table.sine(1, pair)).isCloseTo(Math.sin(expected[pair]), within(1e-12));
    }
    assertThat(table.cosine(0, 2)).isCloseTo(Math.cos(0.07), within(1e-12));
    assertThat(table.cosine(0, 3)).isCloseTo(Math.cos(0.009), within(1e-12));
  }

  @Test
  void textTokensInSectionsAreRotatedAsByOnePosition() {
    int[] text = {0, 1, 2, 3, 4};
    RopeTable sections =
        RopeTable.ofSections(
            new RopeScaling.Linear(2), 1e6, new int[] {4, 6, 6}, new int[][] {text, text, text});
    RopeTable plain = RopeTable.of(new RopeScaling.Linear(2), 1e6, 32, 5);
    assertThat(sections.cosines()).isEqualTo(plain.cosines());
    assertThat(sections.sines()).isEqualTo(plain.sines());
  }

  /** Rotary dimension 8: pairs 0, 1 turn by the row, 2, 3 by the column, with 1 and 0.01. */
  @Test
  void imagePatchesTurnByRowAndColumn() {
    RopeTable table = RopeTable.ofImage(1e4, 8, new int[][] {{3, 0}, {0, 2}});
    double[][] angles = {{3, 0.03, 0, 0}, {0, 0, 2, 0.02}};
    for (int patch = 0; patch < 2; patch++) {
      for (int pair = 0; pair < 4; pair++) {
        double sine = Math.sin(angles[patch][pair]);
        assertThat(table.sine(patch, pair)).isCloseTo(sine, within(1e-12));
        assertThat((double) table.sines()[patch * 4 + pair]).isCloseTo(sine, within(0x1p-24));
      }
    }
  }

  @Test
  void shapesThatCannotBeAreRefused() {
    RopeScaling none = new RopeScaling.None();
    assertThatThrownBy(() -> RopeTable.of(none, 1e4, 7, 3)).hasMessageContaining("7");
    assertThatThrownBy(() -> RopeTable.of(none, 1e4, 8, 0)).hasMessageContaining("0 positions");
    assertThatThrownBy(() -> RopeTable.ofImage(1e4, 6, new int[][] {{1}, {1}}))
        .hasMessageContainingAll("4", "6");
    assertThatThrownBy(
            () -> RopeTable.ofSections(none, 1e4, new int[] {1, 1}, new int[][] {{1, 2}, {1}}))
        .hasMessageContainingAll("2 tokens", "1");
    assertThatThrownBy(
            () -> RopeTable.ofSections(none, 1e4, new int[] {1, 1}, new int[][] {{1}, {-3}}))
        .hasMessageContaining("-3");
  }
}
