package dev.llamark.kernel;

import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.run.LlamarkException;
import dev.llamark.run.ThreadTeam;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
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

  /**
   * One variant as found, with what its provider said of itself when it was asked, once.
   *
   * @param id its name; of a provider that could not tell one, its class
   * @param role what it is for
   * @param arithmetic in what its kernels compute
   * @param vectorBits width of its vectors in bits; 0 where it has none of its own
   * @param onRequest whether it runs only when it is named
   * @param provider its provider; absent if that is broken
   * @param usability whether it can run here, which is asked when somebody wants to know
   */
  public record Variant(
      String id,
      Role role,
      Arithmetic arithmetic,
      int vectorBits,
      boolean onRequest,
      Optional<KernelProvider> provider,
      Usability usability) {

    public boolean usable() {
      return unusable().isEmpty();
    }

    /** Why it cannot run, if so. */
    public Optional<Unusable> unusable() {
      return usability.unusable();
    }

    /** Whether the provider itself is at fault, and not the machine. */
    public boolean broken() {
      return provider.isEmpty() || usability.broken();
    }

    /** Why it was not run, where nobody asked for it. */
    public String leftOut() {
      return "%s was left out: %s".formatted(id, unusable().orElseThrow());
    }

    /** As a person sees it: {@code vector@512}. */
    public String title() {
      return vectorBits > 0 ? id + "@" + vectorBits : id;
    }
  }

  private final Map<String, Variant> variants = new LinkedHashMap<>();

  private KernelRegistry(List<Variant> found) {
    found.stream()
        .sorted(Comparator.comparing(Variant::role).thenComparing(Variant::id))
        .forEach(this::add);
  }

  private void add(Variant variant) {
    Variant first = variants.putIfAbsent(variant.id(), variant);
    if (first != null && !(first.broken() && variant.broken())) {
      throw new InputException(
          "two providers have the id '%s': %s and %s; ids must differ"
              .formatted(variant.id(), describe(first), describe(variant)));
    }
  }

  private static String describe(Variant variant) {
    return variant
        .provider()
        .map(provider -> ProviderCalls.describe(provider.getClass()))
        .orElseGet(() -> variant.unusable().orElseThrow().reason());
  }

  /** The providers that {@code loader} finds as services. */
  public static KernelRegistry load(ClassLoader loader) {
    List<Variant> found = new ArrayList<>();
    var services = ServiceLoader.load(KernelProvider.class, loader).stream().iterator();
    while (hasNext(services, found)) {
      var service = services.next();
      found.add(ProviderCalls.examine(service));
    }
    return new KernelRegistry(found);
  }

  /** Exactly these providers. */
  public static KernelRegistry of(KernelProvider... providers) {
    List<Variant> found = new ArrayList<>();
    for (KernelProvider provider : providers) {
      found.add(ProviderCalls.examine(provider));
    }
    return new KernelRegistry(found);
  }

  /**
   * A service whose class is not there, or cannot be linked, fails here: it is listed as broken.
   */
  private static boolean hasNext(
      Iterator<ServiceLoader.Provider<KernelProvider>> services, List<Variant> found) {
    while (true) {
      try {
        return services.hasNext();
      } catch (ServiceConfigurationError e) {
        String reason = e.getMessage().replaceFirst("^.*?: ", "");
        found.add(ProviderCalls.broken(reason.replaceAll("^Provider (\\S+).*$", "$1"), reason));
      } catch (LinkageError e) {
        String type = String.valueOf(e.getMessage()).replaceAll(" .*$", "").replace('/', '.');
        found.add(ProviderCalls.broken(type, "a provider cannot be loaded: " + e));
      }
    }
  }

  /** These variants, and one more, which takes the place of another of its id. */
  public KernelRegistry with(KernelProvider provider) {
    Variant more = ProviderCalls.examine(provider);
    List<Variant> all = new ArrayList<>(variants.values());
    all.removeIf(variant -> variant.id().equals(more.id()));
    all.add(more);
    return new KernelRegistry(all);
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
   * @throws InputException if there is none of this id, or its provider is broken
   * @throws EnvironmentException if it cannot run here
   */
  public Variant variant(String id) {
    Variant variant = variants.get(id);
    if (variant == null) {
      throw new InputException(
          "no variant '%s'; usable: %s".formatted(id, String.join(", ", usableIds())));
    }
    if (!variant.usable()) {
      throw refusal(variant);
    }
    return variant;
  }

  private LlamarkException refusal(Variant variant) {
    String sentence =
        "variant '%s' cannot run: %s; usable: %s"
            .formatted(
                variant.id(), variant.unusable().orElseThrow(), String.join(", ", usableIds()));
    return variant.broken() ? new InputException(sentence) : new EnvironmentException(sentence);
  }

  /** What these kernels' matrices compute in, and so the whole: all else computes in floats. */
  public Arithmetic arithmetic(Kernels kernels) {
    return variant(kernels.origin(Operation.MATMUL)).arithmetic();
  }

  /**
   * Opens a variant: its own operations, and from its base those that it does not bring.
   *
   * @throws InputException if the id or a base is unknown, bases form a circle, or a provider is at
   *     fault
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
    Kernels kernels = ProviderCalls.create(provider, id, team);
    Set<Operation> missing = missing(kernels);
    if (missing.isEmpty()) {
      return kernels;
    }
    Kernels base = base(kernels, team, opening);
    for (Operation operation : missing) {
      kernels = kernels.with(operation, base);
    }
    return kernels.onClose(base::close);
  }

  /** What a variant inherits from; where that cannot be opened, the variant is closed again. */
  private Kernels base(Kernels kernels, ThreadTeam team, Set<String> opening) {
    try {
      return open(kernels.base(), team, opening);
    } catch (LlamarkException e) {
      try {
        kernels.close();
      } catch (LlamarkException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  private static Set<Operation> missing(Kernels kernels) {
    return java.util.Arrays.stream(Operation.values())
        .filter(operation -> !kernels.has(operation))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
