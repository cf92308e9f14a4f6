package dev.llamark.kernel.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Loops that do nothing but what they measure. */
final class ProbeLoops {

  /**
   * Two units of latency 4 to 5 want up to 10 chains; two more keep both busy when one waits, and
   * with two factors they still fit 16 registers.
   */
  private static final int CHAINS = 12;

  /** An addition has latency 3 to 4 and two units: 8 sums are never waited for. */
  private static final int SUMS = 8;

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int BYTES = Float.BYTES * Lanes.COUNT;

  private ProbeLoops() {}

  /** Of the width that is asked for, which a JVM that only starts forks may not have itself. */
  static long flopsPerRound() {
    return 2L * CHAINS * (VectorWidth.bits() / Float.SIZE);
  }

  /** The sum is the operand that an FMA replaces: no register is ever copied. */
  static float multiplyAdd(int rounds) {
    FloatVector a = FloatVector.broadcast(S, 1e-3f);
    FloatVector b = FloatVector.broadcast(S, 2e-3f);
    FloatVector acc0 = a;
    FloatVector acc1 = a.add(1);
    FloatVector acc2 = a.add(2);
    FloatVector acc3 = a.add(3);
    FloatVector acc4 = a.add(4);
    FloatVector acc5 = a.add(5);
    FloatVector acc6 = a.add(6);
    FloatVector acc7 = a.add(7);
    FloatVector acc8 = a.add(8);
    FloatVector acc9 = a.add(9);
    FloatVector acc10 = a.add(10);
    FloatVector acc11 = a.add(11);
    for (int round = 0; round < rounds; round++) {
      acc0 = a.fma(b, acc0);
      acc1 = a.fma(b, acc1);
      acc2 = a.fma(b, acc2);
      acc3 = a.fma(b, acc3);
      acc4 = a.fma(b, acc4);
      acc5 = a.fma(b, acc5);
      acc6 = a.fma(b, acc6);
      acc7 = a.fma(b, acc7);
      acc8 = a.fma(b, acc8);
      acc9 = a.fma(b, acc9);
      acc10 = a.fma(b, acc10);
      acc11 = a.fma(b, acc11);
    }
    // reduce
    FloatVector low = acc0.add(acc1).add(acc2).add(acc3).add(acc4).add(acc5);
    FloatVector high = acc6.add(acc7).add(acc8).add(acc9).add(acc10).add(acc11);
    return Lanes.sum(low.add(high));
  }

  static float read(MemorySegment a, long from, long to, int passes) {
    FloatVector acc0 = FloatVector.zero(S);
    FloatVector acc1 = acc0;
    FloatVector acc2 = acc0;
    FloatVector acc3 = acc0;
    FloatVector acc4 = acc0;
    FloatVector acc5 = acc0;
    FloatVector acc6 = acc0;
    FloatVector acc7 = acc0;
    for (int pass = 0; pass < passes; pass++) {
      for (long i = from; i < to; i += SUMS * BYTES) {
        acc0 = acc0.add(FloatVector.fromMemorySegment(S, a, i, ORDER));
        acc1 = acc1.add(FloatVector.fromMemorySegment(S, a, i + BYTES, ORDER));
        acc2 = acc2.add(FloatVector.fromMemorySegment(S, a, i + 2 * BYTES, ORDER));
        acc3 = acc3.add(FloatVector.fromMemorySegment(S, a, i + 3 * BYTES, ORDER));
        acc4 = acc4.add(FloatVector.fromMemorySegment(S, a, i + 4 * BYTES, ORDER));
        acc5 = acc5.add(FloatVector.fromMemorySegment(S, a, i + 5 * BYTES, ORDER));
        acc6 = acc6.add(FloatVector.fromMemorySegment(S, a, i + 6 * BYTES, ORDER));
        acc7 = acc7.add(FloatVector.fromMemorySegment(S, a, i + 7 * BYTES, ORDER));
      }
    }
    // reduce
    FloatVector low = acc0.add(acc1).add(acc2.add(acc3));
    FloatVector high = acc4.add(acc5).add(acc6.add(acc7));
    return Lanes.sum(low.add(high));
  }

  /** Four stores an iteration: one at a time, L2 takes half as many. */
  static void write(MemorySegment a, long from, long to, int passes) {
    FloatVector v = FloatVector.broadcast(S, passes);
    for (int pass = 0; pass < passes; pass++) {
      for (long i = from; i < to; i += 4 * BYTES) {
        v.intoMemorySegment(a, i, ORDER);
        v.intoMemorySegment(a, i + BYTES, ORDER);
        v.intoMemorySegment(a, i + 2 * BYTES, ORDER);
        v.intoMemorySegment(a, i + 3 * BYTES, ORDER);
      }
    }
  }

  static void copy(MemorySegment a, MemorySegment b, long from, long to, int passes) {
    for (int pass = 0; pass < passes; pass++) {
      for (long i = from; i < to; i += BYTES) {
        FloatVector.fromMemorySegment(S, a, i, ORDER).intoMemorySegment(b, i, ORDER);
      }
    }
  }

  static void add(
      MemorySegment a, MemorySegment b, MemorySegment c, long from, long to, int passes) {
    for (int pass = 0; pass < passes; pass++) {
      for (long i = from; i < to; i += BYTES) {
        FloatVector.fromMemorySegment(S, a, i, ORDER)
            .add(FloatVector.fromMemorySegment(S, b, i, ORDER))
            .intoMemorySegment(c, i, ORDER);
      }
    }
  }
}
