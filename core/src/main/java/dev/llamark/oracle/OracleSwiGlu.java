package dev.llamark.oracle;

import dev.llamark.kernel.SwiGlu;

/** SwiGLU's gate in double, rounded at the end. */
final class OracleSwiGlu implements SwiGlu {

  @Override
  public void compute(
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int size,
      float[] out,
      int outOffset) {
    for (int i = 0; i < size; i++) {
      out[outOffset + i] = (float) SwiGluOracle.value(gate[gateOffset + i], up[upOffset + i]);
    }
  }
}
