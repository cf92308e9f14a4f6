package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The upper half of a binary32, little-endian; encoding rounds to nearest, ties to even. */
record Bf16Format() implements BlockFormat {

  private static final ValueLayout.OfShort LAYOUT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public DType dtype() {
    return DType.BF16;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] out, int outOffset, int elements) {
    for (int i = 0; i < elements; i++) {
      out[outOffset + i] = Float.intBitsToFloat(source.get(LAYOUT, offset + 2L * i) << 16);
    }
  }

  @Override
  public void encode(float[] x, int xOffset, MemorySegment target, long offset, int elements) {
    for (int i = 0; i < elements; i++) {
      target.set(LAYOUT, offset + 2L * i, upperHalf(x[xOffset + i]));
    }
  }

  private static short upperHalf(float value) {
    int bits = Float.floatToIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16);
    }
    int tieToEven = 0x7FFF + (bits >>> 16 & 1);
    return (short) (bits + tieToEven >>> 16);
  }
}
