package dev.llamark.verify;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a check found with a variant's kernels. It counts, however the variant ends.
 *
 * @param found what the check gave; empty if it could not be made
 * @param fault why the kernels could not be opened, used or closed, if so
 */
record WithKernels<T>(Optional<T> found, Optional<LlamarkException> fault) {

  /**
   * Opens a variant, checks it, and closes it. A variant's own fault is told, for the next ones to
   * go on; what else a check throws is passed on.
   *
   * @param check gives anything but null
   */
  static <T> WithKernels<T> of(
      KernelRegistry registry, Variant variant, ThreadTeam team, Function<Kernels, T> check) {
    Optional<T> found = Optional.empty();
    try (Kernels kernels = registry.open(variant.id(), team)) {
      found = Optional.of(check.apply(kernels));
    } catch (LlamarkException e) {
      return new WithKernels<>(found, Optional.of(e));
    }
    return new WithKernels<>(found, Optional.empty());
  }
}
