package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Q4_0 and Q5_0: 32 elements {@code d·(q − offset)} with an offset of 8 or 16. A block is d in half
 * precision and the {@linkplain PackedNumbers packed numbers} q.
 */
final class SymmetricFormat extends QuantisedFormat {

  private final PackedNumbers numbers;
  private final int offset;

  SymmetricFormat(DType dtype, int bits) {
    super(dtype);
    numbers = PackedNumbers.atEndOf(dtype, bits);
    offset = 1 << bits - 1;
  }

  @Override
  void decodeBlock(MemorySegment source, long at, float[] out, int to) {
    float scale = half(source, at);
    for (int i = 0; i < 32; i++) {
      out[to + i] = (numbers.get(source, at, i) - offset) * scale;
    }
  }

  /** The element of largest magnitude gets the one number whose magnitude is the offset, 0. */
  @Override
  void encodeBlock(float[] x, int at, byte[] block) {
    float extreme = 0;
    for (int i = 0; i < 32; i++) {
      extreme = Math.abs(x[at + i]) > Math.abs(extreme) ? x[at + i] : extreme;
    }
    float scale = extreme / -offset;
    float inverse = inverse(scale);
    putHalf(block, 0, scale);
    for (int i = 0; i < 32; i++) {
      int number = (int) (x[at + i] * inverse + (offset + 0.5f));
      numbers.put(block, i, Math.clamp(number, 0, 2 * offset - 1));
    }
  }
}
