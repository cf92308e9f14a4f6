package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Q8_0: 32 elements {@code d·q}. A block is the scale d in half precision and 32 signed bytes q.
 */
final class Q8Format extends QuantisedFormat {

  private static final int NUMBERS_AT = 2;

  Q8Format() {
    super(DType.Q8_0);
  }

  @Override
  void decodeBlock(MemorySegment source, long at, float[] out, int to) {
    float scale = half(source, at);
    for (int i = 0; i < 32; i++) {
      out[to + i] = source.get(ValueLayout.JAVA_BYTE, at + NUMBERS_AT + i) * scale;
    }
  }

  @Override
  void encodeBlock(float[] x, int at, byte[] block) {
    float largest = 0;
    for (int i = 0; i < 32; i++) {
      largest = Math.max(largest, Math.abs(x[at + i]));
    }
    float scale = largest / 127;
    float inverse = inverse(scale);
    putHalf(block, 0, scale);
    for (int i = 0; i < 32; i++) {
      double exact = x[at + i] * inverse;
      block[NUMBERS_AT + i] = (byte) Math.clamp(exact + Math.copySign(0.5, exact), -127, 127);
    }
  }
}
