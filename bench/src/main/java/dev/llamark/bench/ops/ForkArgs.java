package dev.llamark.bench.ops;

import dev.llamark.bench.op.Variants;
import dev.llamark.verify.VariantOptions;
import java.io.File;
import java.util.List;
import java.util.stream.Collectors;

/** What forks are told beside the parameters of their benchmark. */
public final class ForkArgs {

  private static final String BITS = "llamark.vector.bits";

  private ForkArgs() {}

  /** Arguments of the forked JVM: the user's own, seed, width of vectors, jars of variants. */
  public static List<String> of(TimingOptions timing, VariantOptions variants, long seed) {
    List<String> args = timing.jvmArgs();
    args.add("-D%s=%d".formatted(Variants.SEED, seed));
    args.addAll(width());
    if (!variants.jars().isEmpty()) {
      args.add(
          "-D%s=%s"
              .formatted(
                  Variants.JARS,
                  variants.jars().stream()
                      .map(jar -> jar.toAbsolutePath().toString())
                      .collect(Collectors.joining(File.pathSeparator))));
    }
    return args;
  }

  /** The argument that says how wide vectors are, if the user said it. */
  public static List<String> width() {
    String bits = System.getProperty(BITS, "");
    return bits.isEmpty() ? List.of() : List.of("-D%s=%s".formatted(BITS, bits));
  }
}
