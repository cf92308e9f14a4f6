package dev.llamark.verify.mutant;

import dev.llamark.kernel.Kernel;
import dev.llamark.kernel.KernelProvider;
import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.Kernels;
import dev.llamark.run.ThreadTeam;
import java.util.Optional;
import java.util.function.Function;

/**
 * A variant that is its base but for one kernel.
 *
 * @param registry where the base is found
 * @param base id of a variant that is right
 * @param fault makes the wrong kernel out of the base's; empty for the control
 */
record MutantProvider(
    String id, KernelRegistry registry, String base, Optional<Function<Kernels, Kernel>> fault)
    implements KernelProvider {

  @Override
  public Kernels create(ThreadTeam team) {
    Kernels own = Kernels.of(id).basedOn(base);
    if (fault.isEmpty()) {
      return own;
    }
    Kernels right = registry.open(base, team);
    return own.with(fault.get().apply(right)).onClose(right::close);
  }
}
