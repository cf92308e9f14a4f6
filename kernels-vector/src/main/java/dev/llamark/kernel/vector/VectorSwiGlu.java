package dev.llamark.kernel.vector;

import dev.llamark.kernel.SwiGlu;
import dev.llamark.run.ThreadTeam;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * SwiGLU's gate. With {@code t = e^-|gate|}, which cannot overflow, the sigmoid is {@code 1 / (1 +
 * t)} where the gate is positive and {@code t / (1 + t)} where it is negative.
 *
 * <p>The exponential is this kernel's own, with a shorter chain of dependent instructions than
 * {@link VectorExp}. With {@code n} the whole number nearest to {@code |gate| / ln 2} and {@code r
 * = |gate| − n · ln 2}, {@code t = 2⁻ⁿ · e⁻ʳ}: ln 2 is taken in one part, the polynomial in pairs
 * of terms, the power of two by a subtraction from the exponent. The polynomial is a minimax
 * approximation in relative error, with 1 and −1 as its first coefficients.
 */
final class VectorSwiGlu implements SwiGlu {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Above it {@code t}, which would be about to be subnormal, is 0. */
  private static final float LARGEST = 87;

  private static final float LOG2_E = 1.44269504f;

  /** Adding it leaves a whole number in the low bits of the significand. */
  private static final float ROUNDING = 0x1.8p23f;

  /** In one part: up to {@code n = 126} its error adds 4 roundings, up to 30 less than one. */
  private static final float MINUS_LN2 = -0.693147182f;

  private static final float C2 = 0x1.fffffcp-2f;
  private static final float C3 = -0x1.555490p-3f;
  private static final float C4 = 0x1.5558f4p-5f;
  private static final float C5 = -0x1.123a6cp-7f;
  private static final float C6 = 0x1.6a2352p-10f;
  private static final int SIGNIFICAND = 23;

  private final ThreadTeam team;
  private final ThreadTeam.Region region = this::part;
  private float[] gate;
  private int gateOffset;
  private float[] up;
  private int upOffset;
  private int size;
  private int partSize;
  private float[] out;
  private int outOffset;

  VectorSwiGlu(ThreadTeam team) {
    this.team = team;
  }

  @Override
  public void compute(
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int size,
      float[] out,
      int outOffset) {
    this.gate = gate;
    this.gateOffset = gateOffset;
    this.up = up;
    this.upOffset = upOffset;
    this.size = size;
    this.out = out;
    this.outOffset = outOffset;
    partSize = RegionParts.elements(size, team.size());
    team.run(Math.ceilDiv(size, partSize), region);
  }

  private void part(int part) {
    int from = part * partSize;
    int count = Math.min(partSize, size - from);
    multiply(gate, gateOffset + from, up, upOffset + from, count, out, outOffset + from);
  }

  private static void multiply(
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int count,
      float[] out,
      int outOffset) {
    FloatVector one = FloatVector.broadcast(S, 1);
    int i = 0;

    // body
    for (int bound = S.loopBound(count); i < bound; i += N) {
      FloatVector g = FloatVector.fromArray(S, gate, gateOffset + i);
      FloatVector u = FloatVector.fromArray(S, up, upOffset + i);

      // t = e^-|g|
      FloatVector y = g.abs();
      FloatVector shifted =
          y.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUNDING));
      FloatVector r = shifted.sub(ROUNDING).fma(FloatVector.broadcast(S, MINUS_LN2), y);
      FloatVector r2 = r.mul(r);
      FloatVector low = r.fma(FloatVector.broadcast(S, C3), FloatVector.broadcast(S, C2));
      FloatVector high = r.fma(FloatVector.broadcast(S, C5), FloatVector.broadcast(S, C4));
      FloatVector p = r2.fma(FloatVector.broadcast(S, C6), high);
      p = p.fma(r2, low).fma(r2, one.sub(r));
      IntVector n = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, SIGNIFICAND);
      FloatVector t = p.reinterpretAsInts().sub(n).reinterpretAsFloats();
      t = t.blend(0, y.compare(VectorOperators.GT, LARGEST));

      FloatVector numerator = one.blend(t, g.lt(0)).mul(g);
      numerator.div(one.add(t)).mul(u).intoArray(out, outOffset + i);
    }

    // scalar tail
    for (; i < count; i++) {
      float g = gate[gateOffset + i];
      double t = Math.exp(-Math.abs((double) g));
      float sigmoid = (float) ((g < 0 ? t : 1) / (1 + t));
      out[outOffset + i] = g * sigmoid * up[upOffset + i];
    }
  }
}
