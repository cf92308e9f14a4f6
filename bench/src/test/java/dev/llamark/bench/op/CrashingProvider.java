package dev.llamark.bench.op;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.RmsNorm;
import dev.llamark.run.ThreadTeam;

/** A variant whose kernel ends the JVM. */
public final class CrashingProvider implements KernelProvider {

  @Override
  public String id() {
    return "crashing";
  }

  @Override
  public boolean onRequest() {
    return true;
  }

  @Override
  public Kernels create(ThreadTeam team) {
    RmsNorm rmsNorm =
        (x, xAt, w, wAt, rows, size, epsilon, out, outAt) -> {
          System.out.println("about to crash");
          System.out.flush();
          Runtime.getRuntime().halt(77);
        };
    return Kernels.of(id()).with(rmsNorm);
  }
}
