package dev.llamark.kernel.scalar;

import dev.llamark.kernel.SwiGlu;

/** SwiGLU's gate as arXiv 2002.05202, equation 6, writes it. */
final class ScalarSwiGlu implements SwiGlu {

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
      float g = gate[gateOffset + i];
      float silu = (float) (g / (1 + Math.exp(-g)));
      out[outOffset + i] = silu * up[upOffset + i];
    }
  }
}
