package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class VectorMatMulTest {

  /** Several blocks of inputs of every type, and whole blocks of all. */
  private static final int COLUMNS = 2304;

  private static final DType[] DTYPES = {
    DType.F32, DType.F16, DType.Q8_0, DType.Q4_0, DType.Q6_K, DType.Q4_1, DType.Q5_1
  };

  /** Types of which a row may have 32 columns. */
  private static final DType[] SHORT_BLOCKS = {DType.Q8_0, DType.Q4_0, DType.Q5_0, DType.Q5_1};

  private static final short INFINITE_HALF = 0x7C00;

  private final SplittableRandom random = new SplittableRandom(20);

  @ParameterizedTest
  @CsvSource({"1, ONE", "1, THREE", "7, ONE", "7, THREE", "65, ONE", "65, THREE"})
  void severalWeightsOfDifferentTypesGiveWhatEachGivesAloneAndThatIsExact(
      int rows, Streams streams) {
    assumeFalse(VectorWidth.emulated() && rows > 7, "emulated vectors are slow");
    assertExact(team -> new VectorMatMul(team, streams), wholeNumbers(rows * COLUMNS, 3), rows);
  }

  @ParameterizedTest
  @CsvSource({"1, ONE", "1, THREE", "7, ONE", "7, THREE", "65, ONE", "65, THREE"})
  void severalWeightsOfDifferentTypesTakeInt8InTheFormThatSuitsEach(int rows, Streams streams) {
    assumeFalse(VectorWidth.emulated() && rows > 7, "emulated vectors are slow");
    float[] x = wholeNumbers(rows * COLUMNS, 3);
    for (int i = 0; i < x.length; i += Int8Block.SIZE) { // the scale is then 1
      x[i] = 127;
    }
    assertExact(team -> new Int8MatMul(team, streams), x, rows);
  }

  /** Lanes of 16 bits hold 32 · 8 · 127, and no more is needed. */
  @ParameterizedTest
  @CsvSource({"Q8_0, ONE", "Q4_0, ONE", "Q6_K, ONE", "Q4_1, ONE", "Q8_0, THREE", "Q4_0, THREE"})
  void theLargestNumbersFitTheLanes(DType dtype, Streams streams) {
    float[] x = new float[COLUMNS];
    float[] values = new float[3 * COLUMNS];
    for (int k = 0; k < COLUMNS; k++) {
      x[k] = k % 7 == 0 ? -127 : 127;
      values[k] = largest(dtype) * (k % 7 == 0 ? -1 : 1);
      values[COLUMNS + k] = largest(dtype);
      values[2 * COLUMNS + k] = k % 16 == 0 ? largest(dtype) : 0;
    }
    Matrix matrix = Matrix.of("w", 3, COLUMNS, values).quantise(dtype);
    try (ThreadTeam team = new ThreadTeam(2)) {
      var kernel = new Int8MatMul(team, streams);
      float[] out = new float[3];
      kernel.apply(x, 0, 1, kernel.pack(matrix), out, 0);
      float[] w = new float[COLUMNS];
      for (int n = 0; n < out.length; n++) {
        matrix.decodeRow(n, w, 0);
        double sum = 0;
        double magnitudes = 0;
        for (int k = 0; k < COLUMNS; k++) {
          sum += (double) x[k] * w[k];
          magnitudes += Math.abs((double) x[k] * w[k]);
        }
        // what leaves a lane is a whole block's worth
        assertThat((double) out[n]).isCloseTo(sum, within(1e-5 * magnitudes));
      }
    }
  }

  @Test
  void rowsOfAnyLengthFollowEachOther() {
    try (ThreadTeam team = new ThreadTeam(2)) {
      var used = new Int8MatMul(team);
      for (int columns : new int[] {32, 2304, 64, 2304}) {
        float[] x = wholeNumbers(columns, 100);
        for (DType dtype : columns % 256 == 0 ? DTYPES : SHORT_BLOCKS) {
          Matrix matrix =
              Matrix.of("w", 50, columns, wholeNumbers(50 * columns, 7)).quantise(dtype);
          float[] expected = new float[50];
          var fresh = new Int8MatMul(team);
          fresh.apply(x, 0, 1, fresh.pack(matrix), expected, 0);
          float[] out = new float[50];
          used.apply(x, 0, 1, used.pack(matrix), out, 0);
          assertThat(out).as("%s, %d columns", dtype.id(), columns).isEqualTo(expected);
        }
      }
    }
  }

  /** Sections of a group's panels lie side by side; the last section is short where it can be. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void panelsOfAGroupGiveWhatTheyGiveAlone(DType dtype) {
    assumeFalse(VectorWidth.emulated(), "emulated vectors are slow");
    switch (dtype.blockElements()) {
      case 256 -> assertGroups(dtype, 768);
      case 32 -> assertGroups(dtype, 352);
      default -> {
        assertGroups(dtype, 350);
        assertGroups(dtype, 351);
      }
    }
  }

  private void assertGroups(DType dtype, int columns) {
    int outputs = 31 * VectorWeights.WIDTH + 5;
    float[] values = wholeNumbers(outputs * columns, 7);
    float[] x = wholeNumbers(4 * columns, 3);
    for (int threads = 1; threads <= 2; threads++) {
      try (ThreadTeam team = new ThreadTeam(threads)) {
        for (MatMul kernel : kernels(team)) {
          for (int rows : new int[] {1, 4}) {
            float[] out = multiply(kernel, dtype, values, columns, x, rows);
            for (int n = 0; n < outputs; n += NibblePanels.PANEL) {
              int count = Math.min(NibblePanels.PANEL, outputs - n);
              float[] some = Arrays.copyOfRange(values, n * columns, (n + count) * columns);
              float[] alone = multiply(kernel, dtype, some, columns, x, rows);
              for (int m = 0; m < rows; m++) {
                assertThat(Arrays.copyOfRange(out, m * outputs + n, m * outputs + n + count))
                    .as("outputs from %d on, row %d of %d, %d threads", n, m, rows, threads)
                    .isEqualTo(Arrays.copyOfRange(alone, m * count, (m + 1) * count));
              }
            }
          }
        }
      }
    }
  }

  /** Of each number of streams, float and int8. */
  static List<MatMul> kernels(ThreadTeam team) {
    return Arrays.stream(Streams.values())
        .flatMap(s -> Stream.of(new VectorMatMul(team, s), new Int8MatMul(team, s)))
        .toList();
  }

  /** The product of a kernel's own packing. */
  static float[] multiply(
      MatMul kernel, DType dtype, float[] values, int columns, float[] x, int rows) {
    int outputs = values.length / columns;
    Matrix matrix = Matrix.of("w", outputs, columns, values).quantise(dtype);
    float[] out = new float[rows * outputs];
    kernel.apply(x, 0, rows, kernel.pack(matrix), out, 0);
    return out;
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
  void anInfiniteScaleReachesItsOwnOutputAlone(DType dtype) {
    assertInfiniteAlone(dtype, dtype == DType.Q6_K ? dtype.blockBytes() - Short.BYTES : 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"Q4_1", "Q5_1", "Q4_K", "Q5_K"})
  void anInfiniteMinimumReachesItsOwnOutputAlone(DType dtype) {
    assertInfiniteAlone(dtype, Short.BYTES);
  }

  /** The half float at {@code at} of a block behind the first 256 inputs is infinite. */
  private void assertInfiniteAlone(DType dtype, int at) {
    int outputs = VectorWeights.WIDTH + 3;
    int columns = dtype.blockElements() == 256 ? 512 : 352;
    float[] values = wholeNumbers(outputs * columns, 7);
    Matrix matrix = Matrix.of("w", outputs, columns, values).quantise(dtype);
    int block = 256 / dtype.blockElements();
    long half = 2 * matrix.rowBytes() + (long) block * dtype.blockBytes() + at;
    matrix.data().set(ValueLayout.JAVA_SHORT_UNALIGNED, half, INFINITE_HALF);
    float[] x = wholeNumbers(4 * columns, 3);
    try (ThreadTeam team = new ThreadTeam(2)) {
      for (MatMul kernel : kernels(team)) {
        PackedMatrix packed = kernel.pack(matrix);
        for (int rows : new int[] {1, 4}) {
          float[] out = new float[rows * outputs];
          kernel.apply(x, 0, rows, packed, out, 0);
          for (int i = 0; i < out.length; i++) {
            assertThat(Float.isFinite(out[i])).as("output %d", i).isEqualTo(i % outputs != 2);
          }
        }
      }
    }
  }

  private void assertExact(Function<ThreadTeam, MatMul> variant, float[] x, int rows) {
    Matrix[] matrices = new Matrix[DTYPES.length];
    PackedMatrix[] packed = new PackedMatrix[DTYPES.length];
    float[][] outs = new float[DTYPES.length][];
    try (ThreadTeam team = new ThreadTeam(2)) {
      MatMul kernel = variant.apply(team);
      for (int i = 0; i < DTYPES.length; i++) {
        int outputs = 2 * VectorWeights.WIDTH + 5 + i;
        matrices[i] = weights(DTYPES[i], outputs);
        packed[i] = kernel.pack(matrices[i]);
        outs[i] = new float[rows * outputs];
      }
      kernel.applyAll(x, 0, rows, packed, outs);
      for (int i = 0; i < DTYPES.length; i++) {
        assertThat(outs[i]).as(DTYPES[i].id()).isEqualTo(exact(x, rows, matrices[i]));
        float[] alone = new float[outs[i].length];
        kernel.apply(x, 0, rows, packed[i], alone, 0);
        assertThat(alone).as(DTYPES[i].id() + " alone").isEqualTo(outs[i]);
      }
    }
  }

  /** Whole numbers that every type keeps as they are. */
  private Matrix weights(DType dtype, int outputs) {
    float[] values = wholeNumbers(outputs * COLUMNS, 7);
    for (int i = 0; i < values.length; i += 16) { // the scale of every part is then a whole number
      values[i] = largest(dtype);
      if (dtype == DType.Q4_1) {
        values[i + 1] = -7;
      } else if (dtype == DType.Q5_1) {
        values[i + 1] = -15;
      }
    }
    Matrix matrix = Matrix.of("w", outputs, COLUMNS, values).quantise(dtype);
    float[] kept = new float[outputs * COLUMNS];
    for (int row = 0; row < outputs; row++) {
      matrix.decodeRow(row, kept, row * COLUMNS);
    }
    assertThat(kept).as(dtype.id()).isEqualTo(values);
    return matrix;
  }

  private static float largest(DType dtype) {
    return switch (dtype) {
      case Q8_0 -> 127;
      case Q6_K -> -32;
      case Q4_1 -> 8;
      case Q5_1 -> 16;
      default -> -8;
    };
  }

  private float[] wholeNumbers(int count, int most) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-most, most + 1);
    }
    return values;
  }

  /** Sums of whole numbers far below 2^24. */
  private static float[] exact(float[] x, int rows, Matrix matrix) {
    float[] out = new float[rows * matrix.rows()];
    float[] w = new float[COLUMNS];
    for (int n = 0; n < matrix.rows(); n++) {
      matrix.decodeRow(n, w, 0);
      for (int m = 0; m < rows; m++) {
        long sum = 0;
        for (int k = 0; k < COLUMNS; k++) {
          sum += (long) x[m * COLUMNS + k] * (long) w[k];
        }
        out[m * matrix.rows() + n] = sum;
      }
    }
    return out;
  }
}
