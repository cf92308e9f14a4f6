package dev.llamark.kernel;

import dev.llamark.run.InputException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A variant's operations. Immutable; {@link #with} gives a changed copy:
 *
 * <pre>{@code Kernels.of("mine").basedOn("scalar").with(myMatMul)}</pre>
 *
 * <p>Operations that a variant does not bring are inherited from its base when the {@link
 * KernelRegistry} opens it, and {@link #origin} says so.
 */
public final class Kernels implements AutoCloseable {

  /** The base of variants that name none. */
  public static final String DEFAULT_BASE = "scalar";

  /** A kernel and the id of the variant that it comes from. */
  private record Part(Kernel kernel, String origin) {}

  private final String id;
  private final String base;
  private final Map<Operation, Part> parts;
  private final List<Runnable> closers;

  private Kernels(String id, String base, Map<Operation, Part> parts, List<Runnable> closers) {
    this.id = id;
    this.base = base;
    this.parts = parts;
    this.closers = closers;
  }

  /** A variant without operations, based on {@link #DEFAULT_BASE}. */
  public static Kernels of(String id) {
    return new Kernels(id, DEFAULT_BASE, new EnumMap<>(Operation.class), List.of());
  }

  /** What this variant does not bring is inherited from the variant {@code base}. */
  public Kernels basedOn(String base) {
    return new Kernels(id, base, parts, closers);
  }

  /** A copy in which {@code kernel} does its operation. */
  public Kernels with(Kernel kernel) {
    return with(kernel, id);
  }

  /** A copy that takes one operation from another variant, for substitution. */
  public Kernels with(Operation operation, Kernels other) {
    return with(other.get(operation), other.origin(operation));
  }

  /** A copy that runs {@code closer} when it is closed. */
  public Kernels onClose(Runnable closer) {
    List<Runnable> all = new ArrayList<>(closers);
    all.add(closer);
    return new Kernels(id, base, parts, List.copyOf(all));
  }

  private Kernels with(Kernel kernel, String origin) {
    Map<Operation, Part> changed = new EnumMap<>(parts);
    changed.put(kernel.operation(), new Part(kernel, origin));
    return new Kernels(id, base, changed, closers);
  }

  /** The variant's id. */
  public String id() {
    return id;
  }

  /** The id of the variant from which missing operations are inherited. */
  public String base() {
    return base;
  }

  /** Whether the operation is there, its own or inherited. */
  public boolean has(Operation operation) {
    return parts.containsKey(operation);
  }

  /** The id of the variant that an operation comes from. */
  public String origin(Operation operation) {
    return part(operation).origin();
  }

  /** The operations that come from another variant, with its id. */
  public Map<Operation, String> inherited() {
    Map<Operation, String> inherited = new EnumMap<>(Operation.class);
    parts.forEach(
        (operation, part) -> {
          if (!part.origin().equals(id)) {
            inherited.put(operation, part.origin());
          }
        });
    return inherited;
  }

  /** The kernel of an operation. */
  public Kernel get(Operation operation) {
    return part(operation).kernel();
  }

  public RmsNorm rmsNorm() {
    return (RmsNorm) get(Operation.RMSNORM);
  }

  public Rope rope() {
    return (Rope) get(Operation.ROPE);
  }

  public MatMul matMul() {
    return (MatMul) get(Operation.MATMUL);
  }

  public Attention attention() {
    return (Attention) get(Operation.ATTENTION);
  }

  public SwiGlu swiGlu() {
    return (SwiGlu) get(Operation.SWIGLU);
  }

  private Part part(Operation operation) {
    Part part = parts.get(operation);
    if (part == null) {
      throw new IllegalStateException(
          "variant '%s' has no %s of its own; KernelRegistry.open inherits it from '%s'"
              .formatted(id, operation.title(), base));
    }
    return part;
  }

  /**
   * Runs what was to be run at the end, all of it.
   *
   * @throws InputException if a part of it throws, which is its author's fault
   */
  @Override
  public void close() {
    InputException first = null;
    for (Runnable closer : closers) {
      try {
        closer.run();
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (RuntimeException | Error e) {
        String sentence = "variant '%s' cannot be closed: it threw %s".formatted(id, e);
        first = first == null ? new InputException(sentence, e) : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
