package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel of floats: one contiguous stream, read once, as fast as the memory
 * gives it. Four inputs at once make eight accumulators: two pipes of four cycles each. {@link
 * PanelMemory} explains the fences.
 */
final class FloatPanelVector {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long BYTES = S.vectorByteSize();
  private static final long STEP = 2 * BYTES;

  private FloatPanelVector() {}

  /**
   * Multiplies.
   *
   * @param w panel from byte {@code wOffset}, (input × {@link TileShape#WIDTH})
   * @param out to it the sums are added
   */
  static void multiply(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      int count,
      float[] out,
      int outOffset) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc2a = FloatVector.zero(S);
    FloatVector acc2b = FloatVector.zero(S);
    FloatVector acc3a = FloatVector.zero(S);
    FloatVector acc3b = FloatVector.zero(S);
    long at = wOffset;
    int k = 0;

    // body
    for (; k <= count - 4; k += 4, at += 4 * STEP) {
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      acc0a = x0.fma(FloatVector.fromMemorySegment(S, w, at, ORDER), acc0a);
      VarHandle.loadLoadFence();
      acc0b = x0.fma(FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER), acc0b);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k + 1]);
      acc1a = x1.fma(FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER), acc1a);
      VarHandle.loadLoadFence();
      acc1b = x1.fma(FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER), acc1b);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k + 2]);
      acc2a = x2.fma(FloatVector.fromMemorySegment(S, w, at + 4 * BYTES, ORDER), acc2a);
      VarHandle.loadLoadFence();
      acc2b = x2.fma(FloatVector.fromMemorySegment(S, w, at + 5 * BYTES, ORDER), acc2b);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k + 3]);
      acc3a = x3.fma(FloatVector.fromMemorySegment(S, w, at + 6 * BYTES, ORDER), acc3a);
      VarHandle.loadLoadFence();
      acc3b = x3.fma(FloatVector.fromMemorySegment(S, w, at + 7 * BYTES, ORDER), acc3b);
      VarHandle.loadLoadFence();
    }

    // tail
    for (; k < count; k++, at += STEP) {
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      acc0a = x0.fma(FloatVector.fromMemorySegment(S, w, at, ORDER), acc0a);
      VarHandle.loadLoadFence();
      acc0b = x0.fma(FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER), acc0b);
      VarHandle.loadLoadFence();
    }

    // reduce
    FloatVector sumA = acc0a.add(acc1a).add(acc2a.add(acc3a));
    FloatVector sumB = acc0b.add(acc1b).add(acc2b.add(acc3b));
    sumA.add(FloatVector.fromArray(S, out, outOffset)).intoArray(out, outOffset);
    sumB.add(FloatVector.fromArray(S, out, outOffset + N)).intoArray(out, outOffset + N);
  }
}
