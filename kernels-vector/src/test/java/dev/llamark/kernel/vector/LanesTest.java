package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.junit.jupiter.api.Test;

class LanesTest {

  private static final int HALVES = 1 << Short.SIZE;

  private static IntVector halves(int from) {
    return IntVector.broadcast(Lanes.INTS, from)
        .addIndex(1)
        .lanewise(VectorOperators.LSHL, 16)
        .lanewise(VectorOperators.ASHR, 16);
  }

  @Test
  void everyHalfBecomesTheFloatThatItIs() {
    float[] any = new float[HALVES];
    float[] finite = new float[HALVES];
    for (int i = 0; i < HALVES; i += Lanes.COUNT) {
      Lanes.fromHalf(halves(i)).intoArray(any, i);
      Lanes.fromFiniteHalf(halves(i)).intoArray(finite, i);
    }
    for (int i = 0; i < HALVES; i++) {
      float expected = Float.float16ToFloat((short) i);
      assertThat(any[i]).as("bits %x", i).isEqualTo(Float.valueOf(expected)); // NaN equals NaN
      if (Float.isFinite(expected)) {
        assertThat(Float.floatToRawIntBits(finite[i]))
            .as("bits %x", i)
            .isEqualTo(Float.floatToRawIntBits(expected));
      }
    }
  }
}
