package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;

/**
 * The 32 numbers of a block of 4 or 5 bits: byte i of 16 holds the low four bits of number i in its
 * lower and those of number i + 16 in its upper half; fifth bits, where there are any, form a
 * little-endian word of 32 bits.
 */
record PackedNumbers(boolean fiveBits, int highAt, int lowAt) {

  static PackedNumbers atEndOf(DType dtype, int bits) {
    int lowAt = dtype.blockBytes() - 16;
    return new PackedNumbers(bits == 5, lowAt - 4, lowAt);
  }

  /** Number {@code i} of the block at byte {@code at}. */
  int get(MemorySegment source, long at, int i) {
    int both = QuantisedFormat.bits(source, at + lowAt + i % 16);
    int low = i < 16 ? both & 0xF : both >>> 4;
    return fiveBits
        ? low | (QuantisedFormat.bits(source, at + highAt + i / 8) >>> i % 8 & 1) << 4
        : low;
  }

  /** Writes a number into a block whose bits are still zero. */
  void put(byte[] block, int i, int number) {
    block[lowAt + i % 16] |= (byte) (i < 16 ? number & 0xF : (number & 0xF) << 4);
    if (fiveBits) {
      block[highAt + i / 8] |= (byte) ((number >>> 4) << i % 8);
    }
  }
}
