package dev.llamark.kernel;

import java.util.Optional;

/**
 * Whether a variant can run here. The provider is asked once, when somebody wants to know: to find
 * out may take as long as to load a library.
 */
public final class Usability {

  private static final String REMEDY = "mend or remove its jar";

  private final KernelProvider provider;

  /** Null until it was asked for. */
  private Optional<Unusable> unusable;

  private boolean broken;

  Usability(KernelProvider provider) {
    this.provider = provider;
  }

  /** Of a provider that can be asked nothing. */
  Usability(String brokenFor) {
    provider = null;
    breakFor(brokenFor);
  }

  private void breakFor(String reason) {
    broken = true;
    unusable = Optional.of(new Unusable(reason, REMEDY));
  }

  /** Why it cannot run, if so. */
  synchronized Optional<Unusable> unusable() {
    if (unusable == null) {
      Optional<Unusable> answer = ProviderCalls.unusable(provider, this::breakFor);
      unusable = broken ? unusable : answer;
    }
    return unusable;
  }

  /** Whether the provider itself is at fault, and not the machine. */
  synchronized boolean broken() {
    return unusable().isPresent() && broken;
  }
}
