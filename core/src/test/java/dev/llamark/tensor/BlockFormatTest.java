package dev.llamark.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BlockFormatTest {

  private static final SplittableRandom RANDOM = new SplittableRandom(5);

  /** Half precision rounds a scale by at most this much, relatively. */
  private static final double HALF_ROUNDING = 0x1p-11;

  @ParameterizedTest
  @EnumSource
  void formatIsOfItsType(DType dtype) {
    assertThat(BlockFormat.of(dtype).dtype()).isEqualTo(dtype);
  }

  @ParameterizedTest
  @CsvSource({"Q8_0, -127, 127", "Q4_0, -8, 7", "Q5_0, -16, 15", "Q4_1, -3, 12", "Q5_1, -9, 22"})
  void whatABlockCanHoldComesBackExactly(DType dtype, int lowest, int highest) {
    float[] x = values(64, i -> RANDOM.nextInt(lowest, highest + 1));
    for (int block = 0; block < 64; block += 32) {
      x[block + 9] = lowest;
      x[block + 20] = highest;
    }
    assertThat(roundTrip(dtype, x)).isEqualTo(x);
  }

  @ParameterizedTest
  @CsvSource({"Q4_K, 15", "Q5_K, 31"})
  void affineSuperBlockComesBackExactly(DType dtype, int largest) {
    float[] x = new float[512];
    for (int part = 0; part < 16; part++) {
      int scale = part % 8 == 3 ? 63 : RANDOM.nextInt(1, 64);
      int minimum = part % 8 == 6 ? 63 : RANDOM.nextInt(64);
      for (int i = 0; i < 32; i++) {
        int number = i == 4 ? 0 : i == 5 ? largest : RANDOM.nextInt(largest + 1);
        x[part * 32 + i] = scale * number - minimum;
      }
    }
    assertThat(roundTrip(dtype, x)).isEqualTo(x);
  }

  @Test
  void symmetricSuperBlockComesBackExactly() {
    float[] x = new float[512];
    for (int part = 0; part < 32; part++) {
      int scale = part % 16 == 7 ? -128 : RANDOM.nextInt(1, 128);
      for (int i = 0; i < 16; i++) {
        x[part * 16 + i] = scale * (i == 2 ? -32 : RANDOM.nextInt(-32, 32));
      }
    }
    assertThat(roundTrip(DType.Q6_K, x)).isEqualTo(x);
  }

  @ParameterizedTest
  @EnumSource
  void zerosComeBackAsZeros(DType dtype) {
    for (float value : roundTrip(dtype, new float[256])) {
      assertThat(value).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneConstantComesBackNearly(DType dtype) {
    float[] back = roundTrip(dtype, values(256, i -> -0.37));
    for (float value : back) {
      assertThat(value).isBetween(-0.372f, -0.368f);
    }
  }

  /** Half a step of rounding, or a whole one where the extreme has no opposite. */
  @ParameterizedTest
  @CsvSource({"Q8_0, 127, 0.5", "Q4_0, 8, 1", "Q5_0, 16, 1"})
  void symmetricErrorsStayWithinTheStep(DType dtype, int numbers, double steps) {
    float[] x = values(4096, i -> RANDOM.nextGaussian());
    float[] back = roundTrip(dtype, x);
    for (int i = 0; i < x.length; i++) {
      double largest = 0;
      for (int j = i / 32 * 32; j < i / 32 * 32 + 32; j++) {
        largest = Math.max(largest, Math.abs(x[j]));
      }
      double allowed = largest / numbers * steps + largest * HALF_ROUNDING + 1e-6;
      assertThat(Math.abs(back[i] - x[i])).as("element %d", i).isLessThanOrEqualTo((float) allowed);
    }
  }

  @ParameterizedTest
  @CsvSource({"Q4_1, 15", "Q5_1, 31"})
  void affineErrorsStayWithinHalfAStep(DType dtype, int numbers) {
    float[] x = values(4096, i -> 3 + RANDOM.nextGaussian());
    float[] back = roundTrip(dtype, x);
    for (int i = 0; i < x.length; i++) {
      Range range = Range.of(x, i / 32 * 32, 32);
      double allowed =
          range.width() / numbers / 2 + (range.width() + Math.abs(range.low)) * HALF_ROUNDING;
      assertThat(Math.abs(back[i] - x[i]))
          .as("element %d", i)
          .isLessThanOrEqualTo((float) (allowed + 1e-6));
    }
  }

  /**
   * Even rounding of each part between its extremes has the mean squared error step² / 12; a search
   * may lose to that what the rounding of the scales costs, and not more.
   */
  @ParameterizedTest
  @CsvSource({"Q4_K, 32, 15", "Q5_K, 32, 31", "Q6_K, 16, 63"})
  void superBlocksAreAboutAsGoodAsEvenRounding(DType dtype, int part, int steps) {
    float[] x = values(1 << 16, i -> RANDOM.nextGaussian() * (1 + i % 256 / part % 4));
    float[] back = roundTrip(dtype, x);
    double error = 0;
    double even = 0;
    for (int i = 0; i < x.length; i++) {
      error += Math.pow(back[i] - x[i], 2);
      Range range = Range.of(x, i / part * part, part);
      double width = dtype == DType.Q6_K ? 2 * Math.max(-range.low, range.high) : range.width();
      even += Math.pow(width / steps, 2) / 12;
    }
    assertThat(error / even).isBetween(0.5, 1.15);
  }

  @Test
  void narrowFloatsRoundToNearestEven() {
    float[] halves = {1 + 0x1p-11f, 1 + 3 * 0x1p-11f, 0x1p-25f, 65519, 65520};
    assertThat(roundTrip(DType.F16, halves))
        .containsExactly(1, 1 + 0x1p-9f, 0, 65504, Float.POSITIVE_INFINITY);
    float[] brain = {1 + 0x1p-8f, 1 + 3 * 0x1p-8f, Float.MAX_VALUE, Float.NaN, -0f};
    assertThat(roundTrip(DType.BF16, brain))
        .containsExactly(1, 1 + 0x1p-6f, Float.POSITIVE_INFINITY, Float.NaN, -0f);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void tinyValuesFallToZeroInsteadOfGarbage(DType dtype) {
    float[] x = values(256, i -> (i % 2 == 0 ? 1 : -1) * Float.MIN_VALUE * (1 + i % 5));
    for (float value : roundTrip(dtype, x)) {
      assertThat(value).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void whatNoBlockCanHoldIsRefused(DType dtype) {
    float[] nan = new float[256];
    nan[17] = Float.NaN;
    assertThatThrownBy(() -> roundTrip(dtype, nan))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(dtype.id(), "17", "NaN");
    float[] huge = values(256, i -> i * 1e20);
    assertThatThrownBy(() -> roundTrip(dtype, huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(dtype.id(), "65504");
  }

  private record Range(double low, double high) {
    static Range of(float[] x, int at, int count) {
      double low = x[at];
      double high = x[at];
      for (int i = at; i < at + count; i++) {
        low = Math.min(low, x[i]);
        high = Math.max(high, x[i]);
      }
      return new Range(low, high);
    }

    double width() {
      return high - low;
    }
  }

  private static float[] values(int count, IntToDoubleFunction value) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return values;
  }

  /** Through memory that starts in the middle of a word. */
  private static float[] roundTrip(DType dtype, float[] x) {
    MemorySegment memory = MemorySegment.ofArray(new byte[(int) dtype.bytes(x.length) + 3]);
    BlockFormat.of(dtype).encode(x, 0, memory, 3, x.length);
    float[] back = new float[x.length];
    BlockFormat.of(dtype).decode(memory, 3, back, 0, x.length);
    return back;
  }
}
