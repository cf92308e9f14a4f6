package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** IEEE 754 binary16, little-endian; encoding rounds to nearest, ties to even. */
record F16Format() implements BlockFormat {

  private static final ValueLayout.OfShort LAYOUT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public DType dtype() {
    return DType.F16;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] out, int outOffset, int elements) {
    for (int i = 0; i < elements; i++) {
      out[outOffset + i] = Float.float16ToFloat(source.get(LAYOUT, offset + 2L * i));
    }
  }

  @Override
  public void encode(float[] x, int xOffset, MemorySegment target, long offset, int elements) {
    for (int i = 0; i < elements; i++) {
      target.set(LAYOUT, offset + 2L * i, Float.floatToFloat16(x[xOffset + i]));
    }
  }
}
