package dev.llamark.kernel.vector;

import dev.llamark.kernel.Rope;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rotary position embedding. All heads of a token turn by the same angles, so a vector of cosines
 * and sines is loaded once and goes through the heads.
 */
final class VectorRope implements Rope {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

  /** Elements of a part, at least: enough work to be worth a hand-over. */
  private static final int PART = 8192;

  /** Exchanges the two elements of each pair. */
  private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(S, i -> i ^ 1);

  /** The first half of the lanes, each twice, and the second. */
  private static final VectorShuffle<Float> LOW_TWICE = VectorShuffle.fromOp(S, i -> i / 2);

  private static final VectorShuffle<Float> HIGH_TWICE =
      VectorShuffle.fromOp(S, i -> S.length() / 2 + i / 2);

  private static final FloatVector ALTERNATING = alternating();

  private final ThreadTeam team;
  private final ThreadTeam.Region region = this::part;
  private float[] x;
  private int xOffset;
  private int[] positions;
  private int positionsOffset;
  private RopeTable table;
  private Pairing pairing;
  private int tokens;
  private int heads;
  private int headDim;
  private float[] out;
  private int outOffset;

  VectorRope(ThreadTeam team) {
    this.team = team;
  }

  private static FloatVector alternating() {
    float[] signs = new float[N];
    for (int i = 0; i < N; i++) {
      signs[i] = i % 2 == 0 ? -1 : 1;
    }
    return FloatVector.fromArray(S, signs, 0);
  }

  @Override
  public void compute(
      float[] x,
      int xOffset,
      int[] positions,
      int positionsOffset,
      RopeTable table,
      Pairing pairing,
      int tokens,
      int heads,
      int headDim,
      float[] out,
      int outOffset) {
    this.x = x;
    this.xOffset = xOffset;
    this.positions = positions;
    this.positionsOffset = positionsOffset;
    this.table = table;
    this.pairing = pairing;
    this.tokens = tokens;
    this.heads = heads;
    this.headDim = headDim;
    this.out = out;
    this.outOffset = outOffset;
    team.run(Math.ceilDiv(tokens, tokensPerPart()), region);
  }

  private int tokensPerPart() {
    return Math.ceilDiv(PART, heads * headDim);
  }

  private void part(int part) {
    int first = part * tokensPerPart();
    int end = Math.min(tokens, first + tokensPerPart());
    for (int token = first; token < end; token++) {
      int from = xOffset + token * heads * headDim;
      int to = outOffset + token * heads * headDim;
      int angles = positions[positionsOffset + token] * table.pairs();
      switch (pairing) {
        case HALVES ->
            rotateHalves(
                x,
                from,
                table.cosines(),
                table.sines(),
                angles,
                table.pairs(),
                heads,
                headDim,
                out,
                to);
        case INTERLEAVED ->
            rotateInterleaved(
                x,
                from,
                table.cosines(),
                table.sines(),
                angles,
                table.pairs(),
                heads,
                headDim,
                out,
                to);
      }
      if (x != out || from != to) {
        copyUnrotated(from, to);
      }
    }
  }

  /** The elements from the rotary dimension on (partial rotary). */
  private void copyUnrotated(int from, int to) {
    int rotaryDim = table.rotaryDim();
    if (rotaryDim < headDim) {
      for (int head = 0; head < heads; head++) {
        int at = head * headDim + rotaryDim;
        System.arraycopy(x, from + at, out, to + at, headDim - rotaryDim);
      }
    }
  }

  private static void rotateHalves(
      float[] x,
      int from,
      float[] cosines,
      float[] sines,
      int angles,
      int pairs,
      int heads,
      int headDim,
      float[] out,
      int to) {
    int end = heads * headDim;
    int j = 0;

    // body
    for (; j <= pairs - N; j += N) {
      FloatVector cos = FloatVector.fromArray(S, cosines, angles + j);
      FloatVector sin = FloatVector.fromArray(S, sines, angles + j);
      for (int at = j; at < end; at += headDim) {
        FloatVector a = FloatVector.fromArray(S, x, from + at);
        FloatVector b = FloatVector.fromArray(S, x, from + at + pairs);
        b.neg().fma(sin, a.mul(cos)).intoArray(out, to + at);
        a.fma(sin, b.mul(cos)).intoArray(out, to + at + pairs);
      }
    }

    // scalar tail
    for (; j < pairs; j++) {
      float cos = cosines[angles + j];
      float sin = sines[angles + j];
      for (int at = j; at < end; at += headDim) {
        float a = x[from + at];
        float b = x[from + at + pairs];
        out[to + at] = Math.fma(-b, sin, a * cos);
        out[to + at + pairs] = Math.fma(a, sin, b * cos);
      }
    }
  }

  private static void rotateInterleaved(
      float[] x,
      int from,
      float[] cosines,
      float[] sines,
      int angles,
      int pairs,
      int heads,
      int headDim,
      float[] out,
      int to) {
    int end = heads * headDim;
    int j = 0;

    // body: two vectors of elements for one of pairs
    for (; j <= pairs - N; j += N) {
      FloatVector cos = FloatVector.fromArray(S, cosines, angles + j);
      FloatVector sin = FloatVector.fromArray(S, sines, angles + j);
      FloatVector cos0 = cos.rearrange(LOW_TWICE);
      FloatVector cos1 = cos.rearrange(HIGH_TWICE);
      FloatVector sin0 = sin.rearrange(LOW_TWICE).mul(ALTERNATING);
      FloatVector sin1 = sin.rearrange(HIGH_TWICE).mul(ALTERNATING);
      for (int at = 2 * j; at < end; at += headDim) {
        FloatVector v0 = FloatVector.fromArray(S, x, from + at);
        FloatVector v1 = FloatVector.fromArray(S, x, from + at + N);
        v0.rearrange(SWAP).fma(sin0, v0.mul(cos0)).intoArray(out, to + at);
        v1.rearrange(SWAP).fma(sin1, v1.mul(cos1)).intoArray(out, to + at + N);
      }
    }

    // scalar tail
    for (; j < pairs; j++) {
      float cos = cosines[angles + j];
      float sin = sines[angles + j];
      for (int at = 2 * j; at < end; at += headDim) {
        float a = x[from + at];
        float b = x[from + at + 1];
        out[to + at] = Math.fma(-b, sin, a * cos);
        out[to + at + 1] = Math.fma(a, sin, b * cos);
      }
    }
  }
}
