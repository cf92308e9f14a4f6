package dev.llamark.kernel;

import dev.llamark.run.ThreadTeam;
import java.util.Optional;

/**
 * A variant, found by {@link java.util.ServiceLoader}: a jar with a class of this type, named in
 * {@code META-INF/services/dev.llamark.kernel.KernelProvider}, adds one.
 *
 * <p>The class itself must load everywhere: what a machine may lack belongs behind {@link
 * #unusable} and into the kernels.
 */
public interface KernelProvider {

  /** The variant's name on the command line and in records: lower case, no spaces, no commas. */
  String id();

  /** In what arithmetic the kernels compute. */
  default Arithmetic arithmetic() {
    return Arithmetic.FLOAT;
  }

  /** What the variant is for. */
  default Role role() {
    return Role.VARIANT;
  }

  /** Whether the variant runs only when it is named, as a peer that loads much does. */
  default boolean onRequest() {
    return false;
  }

  /** Width of the vectors in bits; 0 where the variant has none of its own. */
  default int vectorBits() {
    return 0;
  }

  /** Why the variant cannot run here; empty if it can. */
  default Optional<Unusable> unusable() {
    return Optional.empty();
  }

  /** The variant's operations, which run their regions on {@code team}. */
  Kernels create(ThreadTeam team);
}
