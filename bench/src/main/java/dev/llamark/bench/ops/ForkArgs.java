package dev.llamark.bench.ops;

import dev.llamark.bench.op.Variants;
import dev.llamark.run.InputException;
import dev.llamark.verify.VariantOptions;
import java.io.File;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What forks are told beside the parameters of their benchmark. */
public final class ForkArgs {

  private static final String BITS = "llamark.vector.bits";

  /** Flags of the JVM that make its vectors narrower than the CPU's. */
  private static final Pattern NARROWING = Pattern.compile("-XX:(UseAVX|UseSVE|MaxVectorSize)=.*");

  private ForkArgs() {}

  /** Arguments of the forked JVM: the user's own, seed, width of vectors, jars of variants. */
  public static List<String> of(TimingOptions timing, VariantOptions variants, long seed) {
    List<String> args = timing.jvmArgs();
    requireWidth(args);
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

  /**
   * Requires that this JVM knows how wide the forks' vectors are: their rows are labelled, and
   * measured by probes, of that width.
   *
   * @param jvmArgs of the forks
   * @throws InputException if a flag changes the width and {@code --vector-bits} does not say to
   *     what
   */
  public static void requireWidth(List<String> jvmArgs) {
    Optional<String> narrowing =
        jvmArgs.stream().filter(arg -> NARROWING.matcher(arg).matches()).findFirst();
    if (narrowing.isPresent() && width().isEmpty()) {
      throw new InputException(
          "--jvm-args %s changes how wide vectors are, in the forks alone; say with --vector-bits"
                  .formatted(narrowing.get())
              + " how wide they are then");
    }
  }

  /** The argument that says how wide vectors are, if the user said it. */
  public static List<String> width() {
    String bits = System.getProperty(BITS, "");
    return bits.isEmpty() ? List.of() : List.of("-D%s=%s".formatted(BITS, bits));
  }
}
