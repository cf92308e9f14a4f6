package dev.llamark.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** IEEE 754 binary32, little-endian. */
record F32Format() implements BlockFormat {

  private static final ValueLayout.OfFloat LAYOUT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public void decode(MemorySegment source, long offset, float[] out, int outOffset, int elements) {
    MemorySegment.copy(source, LAYOUT, offset, out, outOffset, elements);
  }

  @Override
  public void encode(float[] x, int xOffset, MemorySegment target, long offset, int elements) {
    MemorySegment.copy(x, xOffset, target, LAYOUT, offset, elements);
  }
}
