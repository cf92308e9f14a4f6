package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row of input times a panel of floats, a contiguous stream, or two, in two streams. Four
 * inputs at once make eight accumulators of a panel: two pipes of four cycles each. {@link
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

  /**
   * Two panels at once, in two streams; each gets the bits that {@link #multiply} gives it.
   *
   * @param wOffset where the first panel begins
   * @param apart bytes from it to the second
   * @param out to it the sums of the first panel and, behind them, of the second are added
   */
  static void multiplyTwo(
      float[] x,
      int xOffset,
      MemorySegment w,
      long wOffset,
      long apart,
      int count,
      float[] out,
      int outOffset) {
    FloatVector acc0a = FloatVector.zero(S);
    FloatVector acc0b = FloatVector.zero(S);
    FloatVector acc0c = FloatVector.zero(S);
    FloatVector acc0d = FloatVector.zero(S);
    FloatVector acc1a = FloatVector.zero(S);
    FloatVector acc1b = FloatVector.zero(S);
    FloatVector acc1c = FloatVector.zero(S);
    FloatVector acc1d = FloatVector.zero(S);
    FloatVector acc2a = FloatVector.zero(S);
    FloatVector acc2b = FloatVector.zero(S);
    FloatVector acc2c = FloatVector.zero(S);
    FloatVector acc2d = FloatVector.zero(S);
    FloatVector acc3a = FloatVector.zero(S);
    FloatVector acc3b = FloatVector.zero(S);
    FloatVector acc3c = FloatVector.zero(S);
    FloatVector acc3d = FloatVector.zero(S);
    long at = wOffset;
    int k = 0;

    // body
    for (; k <= count - 4; k += 4, at += 4 * STEP) {
      long bt = at + apart;
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      acc0a = x0.fma(FloatVector.fromMemorySegment(S, w, at, ORDER), acc0a);
      VarHandle.loadLoadFence();
      acc0b = x0.fma(FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER), acc0b);
      VarHandle.loadLoadFence();
      acc0c = x0.fma(FloatVector.fromMemorySegment(S, w, bt, ORDER), acc0c);
      VarHandle.loadLoadFence();
      acc0d = x0.fma(FloatVector.fromMemorySegment(S, w, bt + BYTES, ORDER), acc0d);
      VarHandle.loadLoadFence();
      FloatVector x1 = FloatVector.broadcast(S, x[xOffset + k + 1]);
      acc1a = x1.fma(FloatVector.fromMemorySegment(S, w, at + 2 * BYTES, ORDER), acc1a);
      VarHandle.loadLoadFence();
      acc1b = x1.fma(FloatVector.fromMemorySegment(S, w, at + 3 * BYTES, ORDER), acc1b);
      VarHandle.loadLoadFence();
      acc1c = x1.fma(FloatVector.fromMemorySegment(S, w, bt + 2 * BYTES, ORDER), acc1c);
      VarHandle.loadLoadFence();
      acc1d = x1.fma(FloatVector.fromMemorySegment(S, w, bt + 3 * BYTES, ORDER), acc1d);
      VarHandle.loadLoadFence();
      FloatVector x2 = FloatVector.broadcast(S, x[xOffset + k + 2]);
      acc2a = x2.fma(FloatVector.fromMemorySegment(S, w, at + 4 * BYTES, ORDER), acc2a);
      VarHandle.loadLoadFence();
      acc2b = x2.fma(FloatVector.fromMemorySegment(S, w, at + 5 * BYTES, ORDER), acc2b);
      VarHandle.loadLoadFence();
      acc2c = x2.fma(FloatVector.fromMemorySegment(S, w, bt + 4 * BYTES, ORDER), acc2c);
      VarHandle.loadLoadFence();
      acc2d = x2.fma(FloatVector.fromMemorySegment(S, w, bt + 5 * BYTES, ORDER), acc2d);
      VarHandle.loadLoadFence();
      FloatVector x3 = FloatVector.broadcast(S, x[xOffset + k + 3]);
      acc3a = x3.fma(FloatVector.fromMemorySegment(S, w, at + 6 * BYTES, ORDER), acc3a);
      VarHandle.loadLoadFence();
      acc3b = x3.fma(FloatVector.fromMemorySegment(S, w, at + 7 * BYTES, ORDER), acc3b);
      VarHandle.loadLoadFence();
      acc3c = x3.fma(FloatVector.fromMemorySegment(S, w, bt + 6 * BYTES, ORDER), acc3c);
      VarHandle.loadLoadFence();
      acc3d = x3.fma(FloatVector.fromMemorySegment(S, w, bt + 7 * BYTES, ORDER), acc3d);
      VarHandle.loadLoadFence();
    }

    // tail
    for (; k < count; k++, at += STEP) {
      long bt = at + apart;
      FloatVector x0 = FloatVector.broadcast(S, x[xOffset + k]);
      acc0a = x0.fma(FloatVector.fromMemorySegment(S, w, at, ORDER), acc0a);
      VarHandle.loadLoadFence();
      acc0b = x0.fma(FloatVector.fromMemorySegment(S, w, at + BYTES, ORDER), acc0b);
      VarHandle.loadLoadFence();
      acc0c = x0.fma(FloatVector.fromMemorySegment(S, w, bt, ORDER), acc0c);
      VarHandle.loadLoadFence();
      acc0d = x0.fma(FloatVector.fromMemorySegment(S, w, bt + BYTES, ORDER), acc0d);
      VarHandle.loadLoadFence();
    }

    // reduce
    FloatVector sumA = acc0a.add(acc1a).add(acc2a.add(acc3a));
    FloatVector sumB = acc0b.add(acc1b).add(acc2b.add(acc3b));
    FloatVector sumC = acc0c.add(acc1c).add(acc2c.add(acc3c));
    FloatVector sumD = acc0d.add(acc1d).add(acc2d.add(acc3d));
    sumA.add(FloatVector.fromArray(S, out, outOffset)).intoArray(out, outOffset);
    sumB.add(FloatVector.fromArray(S, out, outOffset + N)).intoArray(out, outOffset + N);
    sumC.add(FloatVector.fromArray(S, out, outOffset + 2 * N)).intoArray(out, outOffset + 2 * N);
    sumD.add(FloatVector.fromArray(S, out, outOffset + 3 * N)).intoArray(out, outOffset + 3 * N);
  }
}
