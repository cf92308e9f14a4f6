package dev.llamark.kernel.scalar;

import dev.llamark.kernel.Rope;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;

/** Rotary position embedding as arXiv 2104.09864, equation 34, writes it. */
final class ScalarRope implements Rope {

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
    for (int token = 0; token < tokens; token++) {
      int angles = positions[positionsOffset + token] * table.pairs();
      for (int head = 0; head < heads; head++) {
        int from = xOffset + (token * heads + head) * headDim;
        int to = outOffset + (token * heads + head) * headDim;
        rotate(x, from, table, angles, pairing, out, to);
        for (int i = table.rotaryDim(); i < headDim; i++) {
          out[to + i] = x[from + i];
        }
      }
    }
  }

  /** Turns every pair of one head by its own angle. */
  private static void rotate(
      float[] x, int from, RopeTable table, int angles, Pairing pairing, float[] out, int to) {
    for (int j = 0; j < table.pairs(); j++) {
      float cos = table.cosines()[angles + j];
      float sin = table.sines()[angles + j];
      int first = pairing.first(j, table.rotaryDim());
      int second = pairing.second(j, table.rotaryDim());
      float a = x[from + first];
      float b = x[from + second];
      out[to + first] = a * cos - b * sin;
      out[to + second] = b * cos + a * sin;
    }
  }
}
