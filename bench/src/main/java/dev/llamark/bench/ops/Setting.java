package dev.llamark.bench.ops;

import dev.llamark.kernel.KernelRegistry;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.kernel.Kernels;
import dev.llamark.kernel.Role;
import dev.llamark.run.OpRecord;
import dev.llamark.run.ThreadTeam;
import dev.llamark.tensor.DType;
import dev.llamark.verify.VariantOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What variants run, and how.
 *
 * @param label which of two compared settings it is; empty if there is only one
 * @param entrants the variants, in order
 * @param threads numbers of threads
 * @param forkArgs all arguments of the forked JVMs
 * @param jvmArgs those among them that the user gave
 * @param jdk that runs them, if it is not this JVM's own
 */
record Setting(
    Optional<OpRecord.Setting> label,
    KernelRegistry registry,
    List<Entrant> entrants,
    List<Integer> threads,
    List<String> forkArgs,
    List<String> jvmArgs,
    Optional<Jdk> jdk) {

  /**
   * The variant to read. Its calls are the longest by far: a first look spends the time on forks
   * enough for an interval of the others, unless it is named.
   */
  static final String PLAIN = "scalar";

  private static final String BITS = "llamark.vector.bits";

  /**
   * A variant, as it is under a setting.
   *
   * @param title for a person, the width of its vectors included
   */
  record Entrant(String id, String title, int vectorBits, Role role) {

    static Entrant of(Variant variant) {
      return new Entrant(variant.id(), variant.title(), variant.vectorBits(), variant.role());
    }
  }

  /** The setting of the command line itself. */
  static Setting of(VariantOptions variants, TimingOptions timing, long seed) {
    return of(variants, timing, seed, List.of(), Optional.empty(), Optional.empty());
  }

  /**
   * The setting that these options give.
   *
   * @param moreArgs arguments of the forked JVMs besides those of {@code timing}
   */
  static Setting of(
      VariantOptions variants,
      TimingOptions timing,
      long seed,
      List<String> moreArgs,
      Optional<Jdk> jdk,
      Optional<OpRecord.Setting> label) {
    String before = System.getProperty(BITS, "");
    KernelRegistry registry = variants.registry(); // sets the width of this JVM's vectors
    List<Variant> selected = variants.selected(registry);
    boolean all = variants.named() || !timing.quick() || selected.size() == 1;
    List<Entrant> entrants =
        selected.stream()
            .filter(variant -> all || !variant.id().equals(PLAIN))
            .map(Entrant::of)
            .toList();
    List<String> jvmArgs = new ArrayList<>(timing.jvmArgs());
    jvmArgs.addAll(moreArgs);
    List<String> forkArgs = ForkArgs.of(jvmArgs, variants, seed);
    if (label.isPresent()) {
      System.setProperty(BITS, before);
    }
    return new Setting(label, registry, entrants, variants.threads(), forkArgs, jvmArgs, jdk);
  }

  /** The same under another label. */
  Setting labelled(OpRecord.Setting other) {
    return new Setting(Optional.of(other), registry, entrants, threads, forkArgs, jvmArgs, jdk);
  }

  /** Whether a variant has the operation as its own, and for the type of the weights. */
  boolean does(Entrant entrant, OpCase opCase) {
    try (ThreadTeam team = ThreadTeam.single();
        Kernels kernels = registry.open(entrant.id(), team)) {
      DType dtype = opCase.id().dtype();
      boolean own = !kernels.inherited().containsKey(opCase.id().operation());
      return switch (opCase.id().operation()) {
        case MATMUL -> own && kernels.matMul().supports(dtype);
        case RMSNORM, ROPE, ATTENTION, SWIGLU -> own;
      };
    }
  }
}
