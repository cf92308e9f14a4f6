package dev.llamark.verify.golden;

import dev.llamark.kernel.Arithmetic;
import dev.llamark.kernel.KernelRegistry.Variant;
import dev.llamark.run.Environment;
import java.util.List;

/**
 * What made a run: where all of this is the same again, so must the bits be.
 *
 * @param variant its id
 * @param vectorBits width of its vectors; 0 where it has none
 * @param arithmetic of its linear layers
 * @param jdk version of the Java runtime
 * @param os name and architecture
 * @param features instruction sets of the CPU; empty where the system does not tell
 */
public record Maker(
    String variant,
    int vectorBits,
    Arithmetic arithmetic,
    String jdk,
    String os,
    List<String> features) {

  public static Maker of(Variant variant, Environment environment) {
    return new Maker(
        variant.id(),
        variant.vectorBits(),
        variant.arithmetic(),
        environment.jdk(),
        environment.os(),
        environment.features() == null ? List.of() : environment.features());
  }

  boolean sameKernels(Maker other) {
    return variant.equals(other.variant) && vectorBits == other.vectorBits;
  }

  /** As a person reads it: {@code vector@256}. */
  public String title() {
    return vectorBits > 0 ? variant + "@" + vectorBits : variant;
  }
}
