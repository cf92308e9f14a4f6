package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llamark.kernel.MatMul;
import dev.llamark.kernel.PackedMatrix;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.tensor.Matrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackedSizeTest {

  private static final int ROWS = 6 * VectorWeights.WIDTH;
  private static final int COLUMNS = 2048;

  private static void assertFits(MatMul kernel, DType dtype) {
    Matrix matrix = Matrix.of("w", ROWS, COLUMNS, new float[ROWS * COLUMNS]).quantise(dtype);
    PackedMatrix packed = kernel.pack(matrix);
    assertThat((double) packed.bytes() / matrix.data().byteSize()).isBetween(0.99, 1.15);
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void isAtMostFifteenPerCentAboveTheFile(DType dtype) {
    try (ThreadTeam team = ThreadTeam.single()) {
      assertFits(new VectorMatMul(team), dtype);
      assertFits(new Int8MatMul(team), dtype);
    }
  }
}
