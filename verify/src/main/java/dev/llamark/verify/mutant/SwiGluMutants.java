package dev.llamark.verify.mutant;

import dev.llamark.kernel.SwiGlu;
import java.util.Arrays;

/** The gate of the feed-forward block with a fault. */
final class SwiGluMutants {

  /** Elements of four vectors in a round, whose remainder a kernel may forget. */
  private static final int ROUND = 64;

  private SwiGluMutants() {}

  static SwiGlu zeros() {
    return (gate, gateOffset, up, upOffset, size, out, outOffset) ->
        Arrays.fill(out, outOffset, outOffset + size, 0);
  }

  /** {@code silu(up) · gate}. */
  static SwiGlu swapped(SwiGlu right) {
    return (gate, gateOffset, up, upOffset, size, out, outOffset) ->
        right.compute(up, upOffset, gate, gateOffset, size, out, outOffset);
  }

  /** The elements after the last whole round are 0. */
  static SwiGlu tailDropped(SwiGlu right) {
    return (gate, gateOffset, up, upOffset, size, out, outOffset) -> {
      right.compute(gate, gateOffset, up, upOffset, size, out, outOffset);
      Arrays.fill(out, outOffset + size - size % ROUND, outOffset + size, 0);
    };
  }
}
