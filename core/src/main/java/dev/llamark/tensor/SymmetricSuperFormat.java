package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Q6_K: 256 elements in sixteen parts of 16, {@code (d·s)·(q − 32)} with q of 6 bits and a signed
 * byte s for each part. A block is 128 bytes of low four bits, 64 bytes of upper two bits, the 16
 * bytes s, and d in half precision.
 */
final class SymmetricSuperFormat extends QuantisedFormat {

  private static final int PARTS = 16;
  private static final int PART = 16;
  private static final int OFFSET = 32;
  private static final int HIGH_AT = 128;
  private static final int SCALES_AT = 192;
  private static final int D_AT = 208;

  /** Step widths, as the number that the extreme element gets, around the plain one. */
  private static final float[] EXTREMES = {-32, -31, -31.5f, -32.5f, -33, 31};

  SymmetricSuperFormat() {
    super(DType.Q6_K);
  }

  @Override
  void decodeBlock(MemorySegment source, long at, float[] out, int to) {
    float d = half(source, at + D_AT);
    for (int part = 0; part < PARTS; part++) {
      float scale = d * source.get(ValueLayout.JAVA_BYTE, at + SCALES_AT + part);
      for (int i = part * PART; i < (part + 1) * PART; i++) {
        out[to + i] = scale * (number(source, at, i) - OFFSET);
      }
    }
  }

  @Override
  void encodeBlock(float[] x, int at, byte[] block) {
    float[] scales = new float[PARTS];
    float extreme = 0;
    for (int part = 0; part < PARTS; part++) {
      scales[part] = fit(x, at + part * PART);
      extreme = Math.abs(scales[part]) > Math.abs(extreme) ? scales[part] : extreme;
    }
    float d = putHalf(block, D_AT, extreme / -128);
    for (int part = 0; part < PARTS; part++) {
      int s = Math.clamp(Math.round(scales[part] * inverse(d)), -128, 127);
      block[SCALES_AT + part] = (byte) s;
      float inverse = inverse(d * s);
      for (int i = part * PART; i < (part + 1) * PART; i++) {
        putNumber(block, i, number(x[at + i], inverse) + OFFSET);
      }
    }
  }

  /**
   * The scale whose multiples come nearest to a part: for each step width the elements are rounded
   * to q, the best scale for them is Σxq / Σq², and (Σxq)² / Σq² is what it takes off the error.
   */
  private static float fit(float[] x, int at) {
    float extreme = 0;
    for (int i = 0; i < PART; i++) {
      extreme = Math.abs(x[at + i]) > Math.abs(extreme) ? x[at + i] : extreme;
    }
    double scale = 0;
    double most = 0;
    for (float step : EXTREMES) {
      float inverse = step * inverse(extreme);
      double xq = 0;
      double qq = 0;
      for (int i = 0; i < PART; i++) {
        int q = number(x[at + i], inverse);
        xq += (double) x[at + i] * q;
        qq += (double) q * q;
      }
      if (qq > 0 && xq * xq / qq > most) {
        most = xq * xq / qq;
        scale = xq / qq;
      }
    }
    return (float) scale;
  }

  private static int number(float value, float inverse) {
    return Math.clamp((int) (value * inverse + (OFFSET + 0.5f)), 0, 2 * OFFSET - 1) - OFFSET;
  }

  /**
   * In each half of 128 elements, numbers 0 to 63 are in the lower and 64 to 127 in the upper
   * halves of 64 bytes; a byte of upper bits holds those of four numbers that are 32 apart.
   */
  private static int number(MemorySegment source, long at, int i) {
    int low = bits(source, at + lowIndex(i)) >>> lowShift(i) & 0xF;
    return low | (bits(source, at + highIndex(i)) >>> highShift(i) & 3) << 4;
  }

  private static void putNumber(byte[] block, int i, int number) {
    block[lowIndex(i)] |= (byte) ((number & 0xF) << lowShift(i));
    block[highIndex(i)] |= (byte) ((number >>> 4) << highShift(i));
  }

  private static int lowIndex(int i) {
    return i / 128 * 64 + i % 64;
  }

  private static int lowShift(int i) {
    return i % 128 / 64 * 4;
  }

  private static int highIndex(int i) {
    return HIGH_AT + i / 128 * 32 + i % 32;
  }

  private static int highShift(int i) {
    return i % 128 / 32 * 2;
  }
}
