package dev.llamark.bench.openblas;

import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.kernel.Unusable;
import dev.llamark.run.ThreadTeam;
import java.util.Optional;

/**
 * The peer {@code openblas}: MatMul of floats alone; the rest is scalar. Its natives are loaded
 * only when it is opened.
 */
public final class OpenBlasProvider implements KernelProvider {

  @Override
  public String id() {
    return "openblas";
  }

  @Override
  public Role role() {
    return Role.PEER;
  }

  @Override
  public boolean onRequest() {
    return true;
  }

  @Override
  public Optional<Unusable> unusable() {
    return OpenBlas.present()
        ? Optional.empty()
        : Optional.of(
            new Unusable(
                "the class path holds no OpenBLAS for this machine",
                "add org.bytedeco:openblas and org.bytedeco:javacpp with the classifier of this"
                    + " platform"));
  }

  @Override
  public Kernels create(ThreadTeam team) {
    return Kernels.of(id()).with(new OpenBlasMatMul(OpenBlas.load(), team.size()));
  }
}
