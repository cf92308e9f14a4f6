package dev.llamark.kernel.vector;

import dev.llamark.kernel.Rope;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;
import dev.llamark.run.ThreadTeam;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Rotary position embedding. All heads of a token turn by the same angles, so vectors of cosines
 * and sines are loaded once and go through the heads. Two vectors of pairs go together, so that
 * fewer passes are made: with 16 lanes one pass takes heads of 64 elements, and memory is read and
 * written in ascending order. In two passes it gave two thirds of that rate.
 */
final class VectorRope implements Rope {

  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int N = S.length();

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
  private int tokensPerPart;
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
    tokensPerPart = RegionParts.rows(tokens, heads * headDim, team.size());
    team.run(Math.ceilDiv(tokens, tokensPerPart), region);
  }

  private void part(int part) {
    int first = part * tokensPerPart;
    int end = first + Math.min(tokensPerPart, tokens - first);
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
    for (; j <= pairs - 2 * N; j += 2 * N) {
      FloatVector cos0 = FloatVector.fromArray(S, cosines, angles + j);
      FloatVector cos1 = FloatVector.fromArray(S, cosines, angles + j + N);
      FloatVector sin0 = FloatVector.fromArray(S, sines, angles + j);
      FloatVector sin1 = FloatVector.fromArray(S, sines, angles + j + N);
      for (int at = j; at < end; at += headDim) {
        FloatVector a0 = FloatVector.fromArray(S, x, from + at);
        FloatVector a1 = FloatVector.fromArray(S, x, from + at + N);
        FloatVector b0 = FloatVector.fromArray(S, x, from + at + pairs);
        FloatVector b1 = FloatVector.fromArray(S, x, from + at + pairs + N);
        b0.neg().fma(sin0, a0.mul(cos0)).intoArray(out, to + at);
        b1.neg().fma(sin1, a1.mul(cos1)).intoArray(out, to + at + N);
        a0.fma(sin0, b0.mul(cos0)).intoArray(out, to + at + pairs);
        a1.fma(sin1, b1.mul(cos1)).intoArray(out, to + at + pairs + N);
      }
    }

    // vector tail
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

    // body: four vectors of elements for two of pairs
    for (; j <= pairs - 2 * N; j += 2 * N) {
      FloatVector cosA = FloatVector.fromArray(S, cosines, angles + j);
      FloatVector cosB = FloatVector.fromArray(S, cosines, angles + j + N);
      FloatVector sinA = FloatVector.fromArray(S, sines, angles + j);
      FloatVector sinB = FloatVector.fromArray(S, sines, angles + j + N);
      FloatVector cos0 = cosA.rearrange(LOW_TWICE);
      FloatVector cos1 = cosA.rearrange(HIGH_TWICE);
      FloatVector cos2 = cosB.rearrange(LOW_TWICE);
      FloatVector cos3 = cosB.rearrange(HIGH_TWICE);
      FloatVector sin0 = sinA.rearrange(LOW_TWICE).mul(ALTERNATING);
      FloatVector sin1 = sinA.rearrange(HIGH_TWICE).mul(ALTERNATING);
      FloatVector sin2 = sinB.rearrange(LOW_TWICE).mul(ALTERNATING);
      FloatVector sin3 = sinB.rearrange(HIGH_TWICE).mul(ALTERNATING);
      for (int at = 2 * j; at < end; at += headDim) {
        FloatVector v0 = FloatVector.fromArray(S, x, from + at);
        FloatVector v1 = FloatVector.fromArray(S, x, from + at + N);
        FloatVector v2 = FloatVector.fromArray(S, x, from + at + 2 * N);
        FloatVector v3 = FloatVector.fromArray(S, x, from + at + 3 * N);
        v0.rearrange(SWAP).fma(sin0, v0.mul(cos0)).intoArray(out, to + at);
        v1.rearrange(SWAP).fma(sin1, v1.mul(cos1)).intoArray(out, to + at + N);
        v2.rearrange(SWAP).fma(sin2, v2.mul(cos2)).intoArray(out, to + at + 2 * N);
        v3.rearrange(SWAP).fma(sin3, v3.mul(cos3)).intoArray(out, to + at + 3 * N);
      }
    }

    // vector tail: two for one
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
