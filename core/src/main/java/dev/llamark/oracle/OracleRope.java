package dev.llamark.oracle;

import dev.llamark.kernel.Rope;
import dev.llamark.rope.Pairing;
import dev.llamark.rope.RopeTable;

/** Rotary position embedding in double, angles included, rounded at the end. */
final class OracleRope implements Rope {

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
      int position = positions[positionsOffset + token];
      for (int head = 0; head < heads; head++) {
        int at = (token * heads + head) * headDim;
        double[] turned = RopeOracle.head(x, xOffset + at, headDim, table, position, pairing);
        for (int i = 0; i < headDim; i++) {
          out[outOffset + at + i] = (float) turned[i];
        }
      }
    }
  }
}
