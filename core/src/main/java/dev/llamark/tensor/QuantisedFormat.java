package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Elements in blocks that share scales; a format knows how one block is read and made. */
abstract sealed class QuantisedFormat implements BlockFormat
    permits Q8Format, SymmetricFormat, AffineFormat, AffineSuperFormat, SymmetricSuperFormat {

  private static final float LARGEST_HALF = 65504;
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DType dtype;

  QuantisedFormat(DType dtype) {
    this.dtype = dtype;
  }

  /** Decodes the block at byte {@code at} into {@code out} from index {@code to}. */
  abstract void decodeBlock(MemorySegment source, long at, float[] out, int to);

  /** Encodes the elements of {@code x} from index {@code at} into a block of zeros. */
  abstract void encodeBlock(float[] x, int at, byte[] block);

  @Override
  public final DType dtype() {
    return dtype;
  }

  @Override
  public final void decode(
      MemorySegment source, long offset, float[] out, int outOffset, int elements) {
    long blocks = dtype.bytes(elements) / dtype.blockBytes();
    for (int b = 0; b < blocks; b++) {
      long at = offset + (long) b * dtype.blockBytes();
      decodeBlock(source, at, out, outOffset + b * dtype.blockElements());
    }
  }

  @Override
  public final void encode(
      float[] x, int xOffset, MemorySegment target, long offset, int elements) {
    long blocks = dtype.bytes(elements) / dtype.blockBytes();
    requireFinite(x, xOffset, elements);
    for (int b = 0; b < blocks; b++) {
      byte[] block = new byte[dtype.blockBytes()];
      encodeBlock(x, xOffset + b * dtype.blockElements(), block);
      long to = offset + (long) b * block.length;
      MemorySegment.copy(block, 0, target, ValueLayout.JAVA_BYTE, to, block.length);
    }
  }

  private void requireFinite(float[] x, int xOffset, int elements) {
    for (int i = xOffset; i < xOffset + elements; i++) {
      if (!Float.isFinite(x[i])) {
        throw new IllegalArgumentException(
            "%s: elements must be finite, but number %d is %s"
                .formatted(dtype.id(), i - xOffset, x[i]));
      }
    }
  }

  /** The half-precision number at byte {@code at}. */
  static float half(MemorySegment source, long at) {
    return Float.float16ToFloat(source.get(HALF, at));
  }

  /** The byte at {@code at}, from 0 to 255. */
  static int bits(MemorySegment source, long at) {
    return source.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  /** Writes {@code value}, rounded to half precision, and returns what was written. */
  final float putHalf(byte[] block, int at, float value) {
    short bits = Float.floatToFloat16(value);
    float written = Float.float16ToFloat(bits);
    if (!Float.isFinite(written)) {
      throw new IllegalArgumentException(
          "%s: the scale of a block must be finite and at most %.0f, but is %s"
              .formatted(dtype.id(), LARGEST_HALF, value));
    }
    block[at] = (byte) bits;
    block[at + 1] = (byte) (bits >>> 8);
    return written;
  }

  /** {@code 1 / scale}, and 0 for a block of zeros. */
  static float inverse(float scale) {
    return scale == 0 ? 0 : 1 / scale;
  }
}
