package dev.llamark.kernel.vector;

import dev.llamark.kernel.Unusable;
import java.util.List;
import java.util.Optional;

/**
 * Which width the kernels use, and whether this machine has it. The width is fixed for the life of
 * the JVM. No type of the Vector API appears here.
 */
final class VectorWidth {

  /** Width in bits; by default what the CPU prefers. */
  private static final String BITS = "llamark.vector.bits";

  /** {@code true} lets the Vector API emulate widths that the CPU lacks: right, and very slow. */
  private static final String EMULATE = "llamark.vector.emulate";

  private static final String MODULE = "jdk.incubator.vector";
  private static final List<String> WIDTHS = List.of("128", "256", "512");

  private VectorWidth() {}

  /** Why the kernels cannot run; empty if they can. */
  static Optional<Unusable> unusable() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return Optional.of(
          new Unusable(
              "the module " + MODULE + " is not loaded",
              "start Java with --add-modules " + MODULE));
    }
    return refusedWidth().or(VectorWidth::missingFma); // the width first: Lanes begins with it
  }

  private static Optional<Unusable> refusedWidth() {
    String asked = asked();
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    if (!WIDTHS.contains(asked)) {
      return Optional.of(
          new Unusable(
              "vectors have 128, 256 or 512 bits, but %s asks for '%s'".formatted(BITS, asked),
              "ask for one of these"));
    }
    int preferred = Lanes.preferredBits();
    if (Integer.parseInt(asked) > preferred && !emulates()) {
      return Optional.of(
          new Unusable(
              "%s bits are asked for, but this CPU's vectors have %d".formatted(asked, preferred),
              "ask for at most %d bits, or set -D%s=true to emulate more, slowly"
                  .formatted(preferred, EMULATE)));
    }
    return Optional.empty();
  }

  private static Optional<Unusable> missingFma() {
    return Lanes.hardwareFma()
        ? Optional.empty()
        : Optional.of(
            new Unusable(
                "this CPU has no instruction that multiplies and adds; emulated it is very slow",
                "use the variant scalar"));
  }

  /** Width in bits. */
  static int bits() {
    return asked().isEmpty()
        ? Math.clamp(Lanes.preferredBits(), 128, 512)
        : Integer.parseInt(asked());
  }

  /** Whether the CPU lacks the width. */
  static boolean emulated() {
    return bits() > Lanes.preferredBits();
  }

  private static String asked() {
    return System.getProperty(BITS, "").strip();
  }

  private static boolean emulates() {
    return Boolean.getBoolean(EMULATE);
  }
}
