package dev.llamark.kernel.vector;

import jdk.incubator.vector.FloatVector;

/** Loops that do nothing but what they measure. */
final class ProbeLoops {

  /** Two units of latency 4 to 5 want up to 10 chains; with two constants they fit 16 registers. */
  private static final int CHAINS = 10;

  private static final int UNROLL = 4;

  private ProbeLoops() {}

  static long flopsPerRound() {
    return 2L * CHAINS * Lanes.COUNT;
  }

  static float multiplyAdd(int rounds) {
    FloatVector factor = FloatVector.broadcast(Lanes.FLOATS, 0.999f);
    FloatVector addend = FloatVector.broadcast(Lanes.FLOATS, 0.001f);
    FloatVector acc0 = addend;
    FloatVector acc1 = addend;
    FloatVector acc2 = addend;
    FloatVector acc3 = addend;
    FloatVector acc4 = addend;
    FloatVector acc5 = addend;
    FloatVector acc6 = addend;
    FloatVector acc7 = addend;
    FloatVector acc8 = addend;
    FloatVector acc9 = addend;
    for (int round = 0; round < rounds; round++) {
      acc0 = Lanes.fma(acc0, factor, addend);
      acc1 = Lanes.fma(acc1, factor, addend);
      acc2 = Lanes.fma(acc2, factor, addend);
      acc3 = Lanes.fma(acc3, factor, addend);
      acc4 = Lanes.fma(acc4, factor, addend);
      acc5 = Lanes.fma(acc5, factor, addend);
      acc6 = Lanes.fma(acc6, factor, addend);
      acc7 = Lanes.fma(acc7, factor, addend);
      acc8 = Lanes.fma(acc8, factor, addend);
      acc9 = Lanes.fma(acc9, factor, addend);
    }
    // reduce
    FloatVector low = acc0.add(acc1).add(acc2).add(acc3).add(acc4);
    FloatVector high = acc5.add(acc6).add(acc7).add(acc8).add(acc9);
    return Lanes.sum(low.add(high));
  }

  static float read(float[] a, int from, int to) {
    FloatVector acc0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector acc1 = acc0;
    FloatVector acc2 = acc0;
    FloatVector acc3 = acc0;
    int step = UNROLL * Lanes.COUNT;
    int i = from;
    for (; i <= to - step; i += step) {
      acc0 = acc0.add(FloatVector.fromArray(Lanes.FLOATS, a, i));
      acc1 = acc1.add(FloatVector.fromArray(Lanes.FLOATS, a, i + Lanes.COUNT));
      acc2 = acc2.add(FloatVector.fromArray(Lanes.FLOATS, a, i + 2 * Lanes.COUNT));
      acc3 = acc3.add(FloatVector.fromArray(Lanes.FLOATS, a, i + 3 * Lanes.COUNT));
    }
    // reduce
    float sum = Lanes.sum(acc0.add(acc1).add(acc2.add(acc3)));
    // scalar tail
    for (; i < to; i++) {
      sum += a[i];
    }
    return sum;
  }

  static void write(float[] a, int from, int to, float value) {
    FloatVector v = FloatVector.broadcast(Lanes.FLOATS, value);
    int i = from;
    for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
      v.intoArray(a, i);
    }
    // scalar tail
    for (; i < to; i++) {
      a[i] = value;
    }
  }

  static void copy(float[] a, float[] b, int from, int to) {
    int i = from;
    for (; i <= to - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector.fromArray(Lanes.FLOATS, a, i).intoArray(b, i);
    }
    // scalar tail
    for (; i < to; i++) {
      b[i] = a[i];
    }
  }
}
