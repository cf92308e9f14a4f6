package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Q4_K and Q5_K: 256 elements in eight parts of 32, {@code (d·s)·q − (dmin·m)} with s and m of 6
 * bits for each part. A block is d and dmin in half precision, 12 bytes of s and m, for Q5_K 32
 * bytes of fifth bits, and 128 bytes of low bits.
 */
final class AffineSuperFormat extends QuantisedFormat {

  private static final int PARTS = 8;
  private static final int PART = 32;
  private static final int LARGEST_SCALE = 63;
  private static final int MINIMUM_AT = 2;
  private static final int SCALES_AT = 4;
  private static final int HIGH_AT = 16;

  private final boolean fiveBits;
  private final int lowAt;
  private final int largest;

  AffineSuperFormat(DType dtype, int bits) {
    super(dtype);
    fiveBits = bits == 5;
    lowAt = dtype.blockBytes() - 128;
    largest = (1 << bits) - 1;
  }

  @Override
  void decodeBlock(MemorySegment source, long at, float[] out, int to) {
    float d = half(source, at);
    float dmin = half(source, at + MINIMUM_AT);
    for (int part = 0; part < PARTS; part++) {
      float scale = d * scale(source, at, part);
      float minimum = dmin * minimum(source, at, part);
      for (int i = 0; i < PART; i++) {
        out[to + part * PART + i] = scale * number(source, at, part, i) - minimum;
      }
    }
  }

  @Override
  void encodeBlock(float[] x, int at, byte[] block) {
    AffineFit[] fits = new AffineFit[PARTS];
    float largestScale = 0;
    float largestMinimum = 0;
    for (int part = 0; part < PARTS; part++) {
      fits[part] = AffineFit.of(x, at + part * PART, PART, largest);
      largestScale = Math.max(largestScale, fits[part].scale());
      largestMinimum = Math.max(largestMinimum, fits[part].minimum());
    }
    float d = putHalf(block, 0, largestScale / LARGEST_SCALE);
    float dmin = putHalf(block, MINIMUM_AT, largestMinimum / LARGEST_SCALE);
    for (int part = 0; part < PARTS; part++) {
      int s = sixBits(fits[part].scale() * inverse(d));
      int m = sixBits(fits[part].minimum() * inverse(dmin));
      putScaleAndMinimum(block, part, s, m);
      float inverse = inverse(d * s);
      for (int i = 0; i < PART; i++) {
        int number = Math.round((x[at + part * PART + i] + dmin * m) * inverse);
        putNumber(block, part, i, Math.clamp(number, 0, largest));
      }
    }
  }

  private static int sixBits(float value) {
    return Math.clamp(Math.round(value), 0, LARGEST_SCALE);
  }

  /** Low four bits in the half-byte of this part, the fifth bit in the bit of this part. */
  private int number(MemorySegment source, long at, int part, int i) {
    int low = bits(source, at + lowAt + part / 2 * PART + i) >>> part % 2 * 4 & 0xF;
    return fiveBits ? low | (bits(source, at + HIGH_AT + i) >>> part & 1) << 4 : low;
  }

  private void putNumber(byte[] block, int part, int i, int number) {
    block[lowAt + part / 2 * PART + i] |= (byte) ((number & 0xF) << part % 2 * 4);
    if (fiveBits) {
      block[HIGH_AT + i] |= (byte) ((number >>> 4) << part);
    }
  }

  /**
   * The 12 bytes hold s of parts 0 to 3, m of parts 0 to 3, and then for parts 4 to 7 the low four
   * bits of s and of m; their upper two bits are the upper two bits of the first eight bytes.
   */
  private static int scale(MemorySegment source, long at, int part) {
    long scales = at + SCALES_AT;
    if (part < 4) {
      return bits(source, scales + part) & 0x3F;
    }
    int low = bits(source, scales + part + 4) & 0xF;
    return low | bits(source, scales + part - 4) >>> 6 << 4;
  }

  private static int minimum(MemorySegment source, long at, int part) {
    long scales = at + SCALES_AT;
    if (part < 4) {
      return bits(source, scales + part + 4) & 0x3F;
    }
    int low = bits(source, scales + part + 4) >>> 4;
    return low | bits(source, scales + part) >>> 6 << 4;
  }

  private static void putScaleAndMinimum(byte[] block, int part, int s, int m) {
    if (part < 4) {
      block[SCALES_AT + part] |= (byte) s;
      block[SCALES_AT + part + 4] |= (byte) m;
    } else {
      block[SCALES_AT + part + 4] |= (byte) (s & 0xF | (m & 0xF) << 4);
      block[SCALES_AT + part - 4] |= (byte) (s >>> 4 << 6);
      block[SCALES_AT + part] |= (byte) (m >>> 4 << 6);
    }
  }
}
