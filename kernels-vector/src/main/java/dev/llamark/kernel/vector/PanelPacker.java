package dev.llamark.kernel.vector;

import dev.llamark.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings blocks from a file's order into that of {@link PanelLayout}, one output after the other.
 * The order in files is that of ggml ({@code ggml-common.h}).
 */
final class PanelPacker {

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private final DType dtype;
  private final PanelLayout layout;
  private final int width;

  PanelPacker(DType dtype, PanelLayout layout, int width) {
    this.dtype = dtype;
    this.layout = layout;
    this.width = width;
  }

  /**
   * Packs one block of one output.
   *
   * @param source holds the block from byte {@code from}
   * @param target holds the panel's block from byte {@code to}
   * @param r the output's place in the panel
   */
  void pack(MemorySegment source, long from, MemorySegment target, long to, int r) {
    long d = dtype == DType.Q6_K ? from + 208 : from;
    target.set(SHORT, to + 2L * r, source.get(SHORT, d));
    if (layout.minimum()) {
      target.set(SHORT, to + 2L * (width + r), source.get(SHORT, from + 2));
    }
    long part = to + (long) layout.headBytes() * width;
    for (int p = 0; p < layout.parts(); p++) {
      packPart(source, from, p, target, part, r);
      part += (long) layout.partBytes() * width;
    }
  }

  private void packPart(
      MemorySegment source, long from, int part, MemorySegment target, long to, int r) {
    if (layout.partScales()) {
      target.set(BYTE, to + r, (byte) scale(source, from, part));
      if (layout.minimum()) {
        target.set(BYTE, to + width + r, (byte) minimum(source, from + 4, part));
      }
    }
    long upper = to + (long) layout.partScaleBytes() * width;
    long numbers = upper + (long) layout.upperBytes() * width;
    int half = layout.numberBytes();
    int upperBits = 0;
    for (int j = 0; j < half; j++) {
      int low = number(source, from, part * layout.partInputs() + j);
      int packed = low;
      if (!layout.bytes()) {
        int high = number(source, from, part * layout.partInputs() + j + half);
        packed = low & 0xF | (high & 0xF) << 4;
        upperBits |= low >>> 4 << layout.upperBits() * j;
        upperBits |= high >>> 4 << layout.upperBits() * (j + half);
      }
      target.set(BYTE, numbers + (long) j * width + r, (byte) packed);
    }
    if (layout.upperBits() > 0) {
      target.set(INT, upper + 4L * r, upperBits);
    }
  }

  /** Number {@code i} of a block, as it is stored. */
  private int number(MemorySegment block, long at, int i) {
    int half = i % 32 / 16;
    return switch (dtype) {
      case Q8_0 -> block.get(BYTE, at + 2 + i);
      case Q4_0 -> nibble(block, at + 2 + i % 16, half);
      case Q4_1 -> nibble(block, at + 4 + i % 16, half);
      case Q5_0 -> nibble(block, at + 6 + i % 16, half) | fifth(block.get(INT, at + 2), i);
      case Q5_1 -> nibble(block, at + 8 + i % 16, half) | fifth(block.get(INT, at + 4), i);
      case Q4_K -> nibble(block, at + 16 + i / 64 * 32 + i % 32, i / 32 % 2);
      case Q5_K ->
          nibble(block, at + 48 + i / 64 * 32 + i % 32, i / 32 % 2)
              | fifth(bits(block, at + 16 + i % 32), i / 32);
      case Q6_K -> {
        int upper = bits(block, at + 128 + i / 128 * 32 + i % 32) >>> i % 128 / 32 * 2 & 3;
        yield nibble(block, at + i / 128 * 64 + i % 64, i % 128 / 64) | upper << 4;
      }
      case F32, F16, BF16 -> throw new IllegalArgumentException(dtype.id() + " has no blocks");
    };
  }

  private static int nibble(MemorySegment block, long at, int half) {
    return bits(block, at) >>> 4 * half & 0xF;
  }

  private static int fifth(int bits, int index) {
    return (bits >>> index & 1) << 4;
  }

  private static int bits(MemorySegment block, long at) {
    return Byte.toUnsignedInt(block.get(BYTE, at));
  }

  /** Q6_K has signed bytes; Q4_K and Q5_K keep parts 4 to 7 in pieces of 4 and 2 bits. */
  private int scale(MemorySegment block, long at, int part) {
    if (dtype == DType.Q6_K) {
      return block.get(BYTE, at + 192 + part);
    }
    long scales = at + 4;
    return part < 4
        ? bits(block, scales + part) & 0x3F
        : bits(block, scales + part + 4) & 0xF | bits(block, scales + part - 4) >>> 6 << 4;
  }

  private static int minimum(MemorySegment block, long scales, int part) {
    return part < 4
        ? bits(block, scales + part + 4) & 0x3F
        : bits(block, scales + part + 4) >>> 4 | bits(block, scales + part) >>> 6 << 4;
  }
}
