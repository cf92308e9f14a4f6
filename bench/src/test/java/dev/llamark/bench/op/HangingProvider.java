package dev.llamark.bench.op;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.run.ThreadTeam;

/** A variant whose kernel never returns. */
public final class HangingProvider implements KernelProvider {

  @Override
  public String id() {
    return "hanging";
  }

  @Override
  public boolean onRequest() {
    return true;
  }

  @Override
  public Kernels create(ThreadTeam team) {
    RmsNorm rmsNorm =
        (x, xAt, w, wAt, rows, size, epsilon, out, outAt) -> {
          while (out.length > 0) {
            Thread.onSpinWait();
          }
        };
    return Kernels.of(id()).with(rmsNorm);
  }
}
