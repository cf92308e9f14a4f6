package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.MatMul;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products by weights of 16 bits, of each number of streams. */
class HalfWeightsTest {

  private static final int FINITE = 0x7C00;

  /** Has no factor in common with the number of halves, and takes neighbours far apart. */
  private static final int STRIDE = 20_011;

  private final SplittableRandom random = new SplittableRandom(21);

  /** Panels of small numbers, among them all that are subnormal, and panels of large ones too. */
  @ParameterizedTest
  @EnumSource(Streams.class)
  void everyFiniteHalfIsMultipliedExactly(Streams streams) {
    float[] ascending = new float[2 * FINITE];
    float[] mixed = new float[ascending.length];
    for (int i = 0; i < ascending.length; i++) {
      ascending[i] = Float.float16ToFloat((short) (i / 2 | (i % 2 == 0 ? 0 : 0x8000)));
      mixed[(int) ((long) i * STRIDE % mixed.length)] = ascending[i];
    }
    assertExact(ascending, streams);
    assertExact(mixed, streams);
  }

  private static void assertExact(float[] halves, Streams streams) {
    try (ThreadTeam team = new ThreadTeam(2)) {
      MatMul kernel = new VectorMatMul(team, streams);
      for (int rows : new int[] {1, 4}) {
        assertTimesThree(kernel, halves, 1, 0, rows);
        assertTimesThree(kernel, halves, 2, 0, rows); // in the lower half of a pair
        assertTimesThree(kernel, halves, 2, 1, rows);
      }
    }
  }

  /** Each half alone in a row of weights, at {@code place}. */
  private static void assertTimesThree(
      MatMul kernel, float[] halves, int columns, int place, int rows) {
    float[] values = new float[columns * halves.length];
    for (int i = 0; i < halves.length; i++) {
      values[i * columns + place] = halves[i];
    }
    float[] x = new float[rows * columns];
    Arrays.fill(x, 3);
    float[] out = VectorMatMulTest.multiply(kernel, DType.F16, values, columns, x, rows);
    for (int i = 0; i < out.length; i++) {
      assertThat(out[i]).isEqualTo(3 * halves[i % halves.length]);
    }
  }

  @ParameterizedTest
  @CsvSource({"F16, ONE", "F16, THREE", "BF16, ONE", "BF16, THREE"})
  void anInfiniteHalfReachesItsOwnOutputAloneAndTheOthersAreExact(DType dtype, Streams streams) {
    for (int columns : new int[] {350, 351}) {
      int outputs = 9 * VectorWeights.WIDTH + 3;
      int infinite = VectorWeights.WIDTH + 2;
      float[] values = wholeNumbers(outputs * columns, 7);
      values[infinite * columns + 300] = Float.POSITIVE_INFINITY;
      float[] x = wholeNumbers(4 * columns, 3);
      x[300] = 1;
      try (ThreadTeam team = new ThreadTeam(2)) {
        MatMul kernel = new VectorMatMul(team, streams);
        for (int rows : new int[] {1, 4}) {
          float[] out = VectorMatMulTest.multiply(kernel, dtype, values, columns, x, rows);
          for (int n = 0; n < outputs; n++) {
            for (int m = 0; m < rows; m++) {
              double sum = 0;
              for (int k = 0; k < columns; k++) {
                sum += (double) x[m * columns + k] * values[n * columns + k];
              }
              assertThat(out[m * outputs + n])
                  .as("output %d, row %d of %d, %d columns", n, m, rows, columns)
                  .isEqualTo(Float.valueOf((float) sum)); // NaN equals NaN
            }
          }
        }
      }
    }
  }

  private float[] wholeNumbers(int count, int most) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-most, most + 1);
    }
    return values;
  }
}
