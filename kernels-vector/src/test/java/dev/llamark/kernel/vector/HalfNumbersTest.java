package dev.llamark.kernel.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfNumbersTest {

  /** The first binary16 that times 2^10 would be too large. */
  private static final int SIXTY_FOUR = 0x5400;

  private static final int SMALLEST_NORMAL = 0x0400;
  private static final int INFINITE = 0x7C00;

  /** As many pairs as fit whole vectors, all alike. */
  private static int[] pairs(int low, int high) {
    int[] pairs = new int[Lanes.COUNT];
    pairs[Lanes.COUNT / 2] = high << 16 | low;
    return pairs;
  }

  @Test
  void raisingMultipliesEveryHalfExactlyAndLeavesNoneSubnormal() {
    for (int half = 0; half < SIXTY_FOUR; half++) {
      int low = half;
      int high = half | 0x8000;
      int[] pairs = pairs(low, high);
      HalfNumbers.raise(pairs);
      int raised = pairs[Lanes.COUNT / 2];
      int expected = Float.floatToFloat16(Float.float16ToFloat((short) half) * 1024);
      assertThat(raised & 0xFFFF).as("%x", half).isEqualTo(expected);
      assertThat(raised >>> 16).as("-%x", half).isEqualTo(expected | 0x8000);
      assertThat(expected == 0 || expected >= SMALLEST_NORMAL).isTrue();
    }
  }

  @Test
  void oneLargeNumberIsFoundInEitherHalfWithEitherSign() {
    for (int sign : new int[] {0, 0x8000}) {
      assertThat(HalfNumbers.tooLargeToRaise(pairs(sign | SIXTY_FOUR - 1, 0))).isFalse();
      assertThat(HalfNumbers.tooLargeToRaise(pairs(0, sign | SIXTY_FOUR - 1))).isFalse();
      assertThat(HalfNumbers.tooLargeToRaise(pairs(sign | SIXTY_FOUR, 0))).isTrue();
      assertThat(HalfNumbers.tooLargeToRaise(pairs(0, sign | SIXTY_FOUR))).isTrue();
      assertThat(HalfNumbers.haveSpecial(pairs(sign | INFINITE - 1, 0))).isFalse();
      assertThat(HalfNumbers.haveSpecial(pairs(0, sign | INFINITE - 1))).isFalse();
      assertThat(HalfNumbers.haveSpecial(pairs(sign | INFINITE, 0))).isTrue();
      assertThat(HalfNumbers.haveSpecial(pairs(0, sign | INFINITE + 1))).isTrue();
    }
  }
}
