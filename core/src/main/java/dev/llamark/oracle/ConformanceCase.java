package dev.llamark.oracle;

import dev.llamark.kernel.Kernels;

/** One case, its operands made, ready to be run on any kernels. */
interface ConformanceCase {

  /** Runs the operation on operands of its own and returns all that it gave. */
  float[] run(Kernels kernels, GuardedOperands operands);

  /** Holds what {@link #run} returned against the oracle. */
  Judgement judge(float[] output);
}
