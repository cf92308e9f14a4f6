package dev.llamark.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MatrixTest {

  @ParameterizedTest
  @EnumSource
  void rowsOfEveryTypeAreDecodedToWhereTheyShall(DType dtype) {
    float[] values = new float[3 * 256];
    values[256] = -8;
    values[511] = 4;
    Matrix matrix = Matrix.of("w", dtype, 3, 256, values);
    float[] out = new float[260];
    out[0] = 77;
    matrix.decodeRow(1, out, 2);
    assertThat(out).startsWith(77, 0).endsWith(0, 0);
    for (int i = 0; i < 256; i++) {
      assertThat(out[2 + i]).as("element %d", i).isCloseTo(values[256 + i], within(0.1f));
    }
  }

  @Test
  void quantisedMatrixHoldsTheSameWeights() {
    float[] values = new float[2 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 32 == 0 ? -16 : i % 31 - 15;
    }
    Matrix quantised = Matrix.of("w", 2, 32, values).quantise(DType.Q5_0);
    assertThat(quantised.dtype()).isEqualTo(DType.Q5_0);
    assertThat(quantised.rowBytes()).isEqualTo(22);
    float[] back = new float[64];
    quantised.decodeRow(0, back, 0);
    quantised.decodeRow(1, back, 32);
    assertThat(back).isEqualTo(values);
  }

  @Test
  void rowsThatAreNoWholeBlocksAreRefused() {
    assertThatThrownBy(() -> Matrix.of("blk.0.w", DType.Q4_K, 1, 288, new float[288]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("blk.0.w", "q4_k", "256", "288");
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> new Matrix("w", DType.F16, 2, 3, arena.allocate(13)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("12", "13");
    }
  }
}
