package dev.llamark.kernel;

import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.run.InputException;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Calls into providers, which others wrote: what one throws, or answers against its contract, is
 * its own fault and is told with its name, what it did, and the jar that it came from.
 */
final class ProviderCalls {

  /** What a provider did that its contract forbids. */
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1L;

    Fault(String sentence) {
      super(sentence);
    }

    String of(KernelProvider provider) {
      return describe(provider.getClass()) + ": " + getMessage();
    }
  }

  private ProviderCalls() {}

  /** The variant that a service stands for, be it a broken one. */
  static Variant examine(ServiceLoader.Provider<KernelProvider> service) {
    Class<?> type = service.type();
    try {
      return examine(service.get());
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      boolean wrapped = e instanceof ServiceConfigurationError && e.getCause() != null;
      Throwable cause = wrapped ? e.getCause() : e;
      return broken(type.getName(), describe(type) + " cannot be loaded: " + cause);
    }
  }

  /** The variant of a provider, be it a broken one. */
  static Variant examine(KernelProvider provider) {
    String id = provider.getClass().getName();
    try {
      id = id(ask("id", provider::id));
      return new Variant(
          id,
          ask("role", provider::role),
          ask("arithmetic", provider::arithmetic),
          ask("vectorBits", provider::vectorBits),
          ask("onRequest", provider::onRequest),
          Optional.of(provider),
          new Usability(provider));
    } catch (Fault fault) {
      return broken(id, fault.of(provider));
    }
  }

  /**
   * Asks a provider whether it can run.
   *
   * @param ifBroken gets the sentence if it throws or answers nothing
   */
  static Optional<Unusable> unusable(KernelProvider provider, Consumer<String> ifBroken) {
    try {
      return ask("unusable", provider::unusable);
    } catch (Fault fault) {
      ifBroken.accept(fault.of(provider));
      return Optional.empty();
    }
  }

  private static <T> T ask(String question, Supplier<T> answer) throws Fault {
    T said;
    try {
      said = answer.get();
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new Fault("%s() threw %s".formatted(question, e));
    }
    if (said == null) {
      throw new Fault(question + "() returned null");
    }
    return said;
  }

  private static String id(String id) throws Fault {
    if (id.isEmpty() || id.chars().anyMatch(c -> c == ',' || Character.isWhitespace(c))) {
      throw new Fault("id() must be a word without spaces or commas, but is '%s'".formatted(id));
    }
    return id;
  }

  /** The variant of a provider that can be asked nothing. */
  static Variant broken(String id, String reason) {
    return new Variant(
        id, Role.VARIANT, Arithmetic.FLOAT, 0, false, Optional.empty(), new Usability(reason));
  }

  /**
   * A provider's kernels.
   *
   * @throws InputException if it throws anything but a {@link LlamarkException}, or gives none, or
   *     those of another id
   */
  static Kernels create(KernelProvider provider, String id, ThreadTeam team) {
    Kernels kernels;
    try {
      kernels = provider.create(team);
    } catch (LlamarkException | OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new InputException(cannotOpen(provider, id, "create() threw " + e), e);
    }
    if (kernels == null) {
      throw new InputException(cannotOpen(provider, id, "create() returned null"));
    }
    if (!kernels.id().equals(id)) {
      String other = "create() must return kernels of its id, but they are of '%s'";
      throw new InputException(cannotOpen(provider, id, other.formatted(kernels.id())));
    }
    return kernels;
  }

  private static String cannotOpen(KernelProvider provider, String id, String reason) {
    return "variant '%s' cannot be opened: %s: %s"
        .formatted(id, describe(provider.getClass()), reason);
  }

  /** Class and jar: {@code com.acme.MyProvider of my.jar}. */
  static String describe(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source != null && source.getLocation() != null) {
      try {
        Path place = Path.of(source.getLocation().toURI());
        if (place.toString().endsWith(".jar")) {
          return type.getName() + " of " + place.getFileName();
        }
      } catch (URISyntaxException | IllegalArgumentException e) {
        // not from a file: its name must do
      }
    }
    return type.getName();
  }
}
