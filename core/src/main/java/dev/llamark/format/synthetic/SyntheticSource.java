package dev.llamark.format.synthetic;

import com.sun.management.OperatingSystemMXBean;
import dev.llamark.format.ModelSource;
import dev.llamark.model.LlamaConfig;
import dev.llamark.model.LlamaWeights;
import dev.llamark.model.Preset;
import dev.llamark.model.Presets;
import dev.llamark.run.EnvironmentException;
import dev.llamark.run.InputException;
import dev.llamark.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * A model of seeded weights in the shape of a {@link Preset}, written {@code synthetic:SHAPE} or
 * {@code synthetic:SHAPE:DTYPE}. The weights are made when they are first asked for, in memory
 * outside the heap, and depend on nothing but shape, type and seed.
 */
public final class SyntheticSource implements ModelSource {

  private static final String PREFIX = "synthetic:";
  private static final long DEFAULT_SEED = 42;

  private final String name;
  private final Preset preset;
  private final DType dtype;
  private final long seed;
  private Arena arena;
  private LlamaWeights weights;

  private SyntheticSource(String name, Preset preset, DType dtype, long seed) {
    this.name = name;
    this.preset = preset;
    this.dtype = dtype;
    this.seed = seed;
  }

  /** Whether {@code model} names a synthetic model rather than a file. */
  public static boolean matches(String model) {
    return model.startsWith(PREFIX);
  }

  /** The model of {@code spec}, with the default seed, 42. */
  public static SyntheticSource of(String spec) {
    return of(spec, DEFAULT_SEED);
  }

  /**
   * The model of {@code spec}.
   *
   * @param spec {@code synthetic:SHAPE} or {@code synthetic:SHAPE:DTYPE}
   * @param seed of all weights
   * @throws InputException if the spec, its shape or its type is unknown, or if rows of the shape
   *     are no whole blocks of the type
   */
  public static SyntheticSource of(String spec, long seed) {
    String[] parts = spec.split(":", -1);
    if (!matches(spec) || parts.length > 3) {
      throw new InputException(
          "model '%s' is neither synthetic:SHAPE nor synthetic:SHAPE:DTYPE".formatted(spec));
    }
    Preset preset = Presets.of(parts[1]);
    DType dtype = parts.length == 3 ? DType.of(parts[2]) : DType.F32;
    SyntheticWeights.requireFit(spec, preset, dtype);
    return new SyntheticSource(spec.toLowerCase(Locale.ROOT), preset, dtype, seed);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public LlamaConfig config() {
    return preset.config();
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long parameters() {
    return preset.parameters();
  }

  @Override
  public synchronized LlamaWeights weights() {
    if (weights == null) {
      weights = generate();
    }
    return weights;
  }

  private LlamaWeights generate() {
    requireMemory();
    arena = Arena.ofShared();
    try {
      return new SyntheticWeights(preset, dtype, seed, arena).generate();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Memory is granted page by page: without this the operating system would kill the process. */
  private void requireMemory() {
    long needed = parameters() / dtype.blockElements() * dtype.blockBytes();
    long there =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    if (needed > there) {
      throw new EnvironmentException(
          "%s needs %.1f GB for its weights, but this machine has %.1f GB; choose a smaller shape or type"
              .formatted(name, needed / 1e9, there / 1e9));
    }
  }

  @Override
  public synchronized void close() {
    weights = null;
    if (arena != null) {
      arena.close();
      arena = null;
    }
  }
}
