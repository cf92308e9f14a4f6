package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Q4_1 and Q5_1: 32 elements {@code d·q + m}. A block is d and m in half precision and the
 * {@linkplain PackedNumbers packed numbers} q.
 */
final class AffineFormat extends QuantisedFormat {

  private static final int MINIMUM_AT = 2;

  private final PackedNumbers numbers;
  private final int largest;

  AffineFormat(DType dtype, int bits) {
    super(dtype);
    numbers = PackedNumbers.atEndOf(dtype, bits);
    largest = (1 << bits) - 1;
  }

  @Override
  void decodeBlock(MemorySegment source, long at, float[] out, int to) {
    float scale = half(source, at);
    float minimum = half(source, at + MINIMUM_AT);
    for (int i = 0; i < 32; i++) {
      out[to + i] = numbers.get(source, at, i) * scale + minimum;
    }
  }

  @Override
  void encodeBlock(float[] x, int at, byte[] block) {
    float minimum = x[at];
    float maximum = x[at];
    for (int i = 1; i < 32; i++) {
      minimum = Math.min(minimum, x[at + i]);
      maximum = Math.max(maximum, x[at + i]);
    }
    float scale = (maximum - minimum) / largest;
    float inverse = inverse(scale);
    putHalf(block, 0, scale);
    putHalf(block, MINIMUM_AT, minimum);
    for (int i = 0; i < 32; i++) {
      int number = (int) ((x[at + i] - minimum) * inverse + 0.5f);
      numbers.put(block, i, Math.clamp(number, 0, largest));
    }
  }
}
