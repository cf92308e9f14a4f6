package dev.llamark.kernel.scalar;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.run.ThreadTeam;

/** The variant {@code scalar}: runs wherever Java does. */
public final class ScalarProvider implements KernelProvider {

  @Override
  public String id() {
    return "scalar";
  }

  @Override
  public Kernels create(ThreadTeam team) {
    return Kernels.of(id())
        .with(new ScalarRmsNorm())
        .with(new ScalarRope())
        .with(new ScalarMatMul(team))
        .with(new ScalarAttention(team))
        .with(new ScalarSwiGlu());
  }
}
