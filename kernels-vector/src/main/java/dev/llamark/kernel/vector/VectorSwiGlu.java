package dev.llamark.kernel.vector;

import dev.llamark.kernel.SwiGlu;
import dev.llamark.run.ThreadTeam;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * SwiGLU's gate. With {@code t = e^-|gate|}, which cannot overflow, the sigmoid is {@code 1 / (1 +
 * t)} where the gate is positive and {@code t / (1 + t)} where it is negative.
 */
final class VectorSwiGlu implements SwiGlu {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Elements of a part: whole cache lines, and enough work to be worth a hand-over. */
  private static final int PART = 8192;

  private final ThreadTeam team;
  private final ThreadTeam.Region region = this::part;
  private float[] gate;
  private int gateOffset;
  private float[] up;
  private int upOffset;
  private int size;
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
    team.run(Math.ceilDiv(size, PART), region);
  }

  private void part(int part) {
    int from = part * PART;
    int count = Math.min(PART, size - from);
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
    int i = 0;

    // body
    for (int bound = S.loopBound(count); i < bound; i += N) {
      FloatVector g = FloatVector.fromArray(S, gate, gateOffset + i);
      FloatVector u = FloatVector.fromArray(S, up, upOffset + i);
      FloatVector t = VectorExp.exp(g.abs().neg());
      VectorMask<Float> negative = g.lt(0);
      FloatVector numerator = FloatVector.broadcast(S, 1).blend(t, negative);
      g.mul(numerator.div(t.add(1))).mul(u).intoArray(out, outOffset + i);
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
