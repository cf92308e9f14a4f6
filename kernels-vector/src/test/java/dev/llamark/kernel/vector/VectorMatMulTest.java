package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorMatMulTest {

  /** Several blocks of inputs of every type, and whole blocks of all. */
  private static final int COLUMNS = 2304;

  private static final DType[] DTYPES = {
    DType.F32, DType.F16, DType.Q8_0, DType.Q4_0, DType.Q6_K, DType.Q4_1
  };

  private final SplittableRandom random = new SplittableRandom(20);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65})
  void severalWeightsOfDifferentTypesGiveWhatEachGivesAloneAndThatIsExact(int rows) {
    assumeFalse(VectorWidth.emulated() && rows > 7, "emulated vectors are slow");
    assertExact(VectorMatMul::new, wholeNumbers(rows * COLUMNS, 3), rows);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65})
  void severalWeightsOfDifferentTypesTakeInt8InTheFormThatSuitsEach(int rows) {
    assumeFalse(VectorWidth.emulated() && rows > 7, "emulated vectors are slow");
    float[] x = wholeNumbers(rows * COLUMNS, 3);
    for (int i = 0; i < x.length; i += Int8Block.SIZE) { // the scale is then 1
      x[i] = 127;
    }
    assertExact(Int8MatMul::new, x, rows);
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
