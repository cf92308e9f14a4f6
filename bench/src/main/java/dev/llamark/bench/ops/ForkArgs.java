package dev.llamark.bench.ops;

import dev.llamark.bench.op.Variants;
import dev.llamark.run.InputException;
import dev.llamark.verify.VariantOptions;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What forks are told beside the parameters of their benchmark. */
public final class ForkArgs {

  private static final String BITS = "llamark.vector.bits";

  /** Flags of the JVM that can make its vectors narrower than the CPU's. */
  private static final Pattern NARROWING =
      Pattern.compile("-XX:(UseAVX|UseSSE|UseSVE|MaxVectorSize)=.*");

  private static final String WIDTH = "-D" + BITS + "=";

  private ForkArgs() {}

  /**
   * Arguments of the forked JVM: the user's own, seed, width of vectors, jars of variants.
   *
   * @param jvmArgs the user's own
   */
  public static List<String> of(List<String> jvmArgs, VariantOptions variants, long seed) {
    requireWidth(jvmArgs);
    List<String> args = new ArrayList<>(jvmArgs);
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
   * Requires that this JVM knows how wide the forks' vectors are, for that is what their rows say.
   *
   * @param jvmArgs of the forks
   * @throws InputException if they set the width, or may change it and {@code --vector-bits} does
   *     not say to what
   */
  public static void requireWidth(List<String> jvmArgs) {
    for (String arg : jvmArgs) {
      if (arg.startsWith(WIDTH)) {
        throw new InputException(
            "--jvm-args %s sets how wide vectors are in the forks alone; --vector-bits sets it"
                    .formatted(arg)
                + " everywhere");
      }
      if (NARROWING.matcher(arg).matches() && width().isEmpty()) {
        throw new InputException(
            "--jvm-args %s may change how wide vectors are, in the forks alone; say with"
                    .formatted(arg)
                + " --vector-bits how wide they are then");
      }
    }
  }

  /** The argument that says how wide vectors are, if the user said it. */
  public static List<String> width() {
    String bits = System.getProperty(BITS, "");
    return bits.isEmpty() ? List.of() : List.of(WIDTH + bits);
  }
}
