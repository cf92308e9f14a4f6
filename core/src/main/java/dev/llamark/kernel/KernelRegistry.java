package dev.llamark.kernel;

import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The variants that the class path offers. Nothing is ever replaced silently: who asks for a
 * variant that is unknown or cannot run gets the reason and the list of usable ids.
 */
public final class KernelRegistry {

  /** One variant as found. Whether it can run here is looked up when somebody asks. */
  public static final class Variant {

    private final String id;
    private final Optional<KernelProvider> provider;

    /** Null until it was asked for: to find out may take as long as to load a library. */
    private Optional<Unusable> unusable;

    private Variant(KernelProvider provider) {
      this.id = provider.id();
      this.provider = Optional.of(provider);
    }

    private Variant(String id, Unusable unusable) {
      this.id = id;
      this.provider = Optional.empty();
      this.unusable = Optional.of(unusable);
    }

    /** Its name. */
    public String id() {
      return id;
    }

    /** Its provider, absent if that could not even be loaded. */
    public Optional<KernelProvider> provider() {
      return provider;
    }

    /** Why it cannot run, if so. */
    public synchronized Optional<Unusable> unusable() {
      if (unusable == null) {
        unusable = examine(provider.orElseThrow());
      }
      return unusable;
    }

    private static Optional<Unusable> examine(KernelProvider provider) {
      try {
        return provider.unusable();
      } catch (RuntimeException | LinkageError e) {
        return Optional.of(cannotBeLoaded(provider.getClass().getName(), e));
      }
    }

    public boolean usable() {
      return unusable().isEmpty();
    }

    /** Its role; a provider that could not be loaded counts as a variant. */
    public Role role() {
      return provider.map(KernelProvider::role).orElse(Role.VARIANT);
    }

    /** As a person sees it: {@code vector@512}. */
    public String title() {
      int bits = provider.map(KernelProvider::vectorBits).orElse(0);
      return bits > 0 ? id + "@" + bits : id;
    }
  }

  private final Map<String, Variant> variants = new LinkedHashMap<>();

  private KernelRegistry(List<Variant> found) {
    found.stream()
        .sorted(Comparator.comparing((Variant v) -> v.role()).thenComparing(Variant::id))
        .forEach(this::add);
  }

  private void add(Variant variant) {
    if (variants.putIfAbsent(variant.id(), variant) != null) {
      throw new InputException(
          "two providers have the id '%s': %s and %s; ids must differ"
              .formatted(variant.id(), describe(variants.get(variant.id())), describe(variant)));
    }
  }

  private static String describe(Variant variant) {
    return variant.provider().map(p -> p.getClass().getName()).orElse("?");
  }

  /** The providers that {@code loader} finds as services. */
  public static KernelRegistry load(ClassLoader loader) {
    List<Variant> found = new ArrayList<>();
    var services = ServiceLoader.load(KernelProvider.class, loader).stream().iterator();
    while (hasNext(services, found)) {
      var service = services.next();
      found.add(found(service));
    }
    return new KernelRegistry(found);
  }

  /** Exactly these providers. */
  public static KernelRegistry of(KernelProvider... providers) {
    List<Variant> found = new ArrayList<>();
    for (KernelProvider provider : providers) {
      found.add(new Variant(provider));
    }
    return new KernelRegistry(found);
  }

  /**
   * A service file that names a class that is not there fails here: it is listed by its message.
   */
  private static boolean hasNext(
      java.util.Iterator<ServiceLoader.Provider<KernelProvider>> services, List<Variant> found) {
    while (true) {
      try {
        return services.hasNext();
      } catch (ServiceConfigurationError e) {
        String broken = e.getMessage().replaceFirst("^.*?: ", "");
        found.add(new Variant(broken.replaceAll("^Provider (\\S+).*$", "$1"), broken(broken)));
      }
    }
  }

  /** These variants, and one more, which takes the place of another of its id. */
  public KernelRegistry with(KernelProvider provider) {
    List<Variant> all = new ArrayList<>(variants.values());
    all.removeIf(variant -> variant.id().equals(provider.id()));
    all.add(new Variant(provider));
    return new KernelRegistry(all);
  }

  private static Variant found(ServiceLoader.Provider<KernelProvider> service) {
    String name = service.type().getName();
    try {
      return new Variant(service.get());
    } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
      return new Variant(name, cannotBeLoaded(name, e));
    }
  }

  private static Unusable cannotBeLoaded(String provider, Throwable e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return broken(provider + " cannot be loaded: " + cause);
  }

  private static Unusable broken(String reason) {
    return new Unusable(reason, "mend or remove its jar");
  }

  /** All variants: ours and the user's first, then peers, then the oracle. */
  public List<Variant> variants() {
    return List.copyOf(variants.values());
  }

  /** The ids of variants and peers that can run. */
  public List<String> usableIds() {
    return variants.values().stream()
        .filter(v -> v.usable() && v.role() != Role.ORACLE)
        .map(Variant::id)
        .toList();
  }

  /**
   * The variant of this id, which can run.
   *
   * @throws InputException if there is none of this id
   * @throws EnvironmentException if it cannot run here
   */
  public Variant variant(String id) {
    Variant variant = variants.get(id);
    if (variant == null) {
      throw new InputException(
          "no variant '%s'; usable: %s".formatted(id, String.join(", ", usableIds())));
    }
    variant
        .unusable()
        .ifPresent(
            why -> {
              throw new EnvironmentException(
                  "variant '%s' cannot run: %s; usable: %s"
                      .formatted(id, why, String.join(", ", usableIds())));
            });
    return variant;
  }

  /**
   * Opens a variant: its own operations, and from its base those that it does not bring.
   *
   * @throws InputException if the id or a base is unknown, or bases form a circle
   * @throws EnvironmentException if the variant or a base cannot run here
   */
  public Kernels open(String id, ThreadTeam team) {
    return open(id, team, new LinkedHashSet<>());
  }

  private Kernels open(String id, ThreadTeam team, Set<String> opening) {
    if (!opening.add(id)) {
      throw new InputException(
          "variants are based on each other in a circle: %s → %s"
              .formatted(String.join(" → ", opening), id));
    }
    KernelProvider provider = variant(id).provider().orElseThrow();
    Kernels kernels = create(provider, team);
    if (!kernels.id().equals(id)) {
      throw new InputException(
          "%s has the id '%s' but creates kernels of the id '%s'"
              .formatted(provider.getClass().getName(), id, kernels.id()));
    }
    Set<Operation> missing = missing(kernels);
    if (missing.isEmpty()) {
      return kernels;
    }
    Kernels base = open(kernels.base(), team, opening);
    for (Operation operation : missing) {
      kernels = kernels.with(operation, base);
    }
    return kernels.onClose(base::close);
  }

  /** What a provider throws is its own fault, not ours. */
  private static Kernels create(KernelProvider provider, ThreadTeam team) {
    try {
      return provider.create(team);
    } catch (LlamarkException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new InputException(
          "variant '%s' cannot be opened: %s threw %s"
              .formatted(provider.id(), provider.getClass().getName(), e),
          e);
    }
  }

  private static Set<Operation> missing(Kernels kernels) {
    return java.util.Arrays.stream(Operation.values())
        .filter(operation -> !kernels.has(operation))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
