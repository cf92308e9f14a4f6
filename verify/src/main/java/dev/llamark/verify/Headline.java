package dev.llamark.verify;

import dev.llamark.run.Environment;
import dev.llamark.run.Version;
import java.util.List;

/** The first line of every run: what ran where. */
public final class Headline {

  private Headline() {}

  /**
   * Such as {@code llamark 0.1.0 · JDK 25.0.3 (C2) · AMD EPYC, 2 cores, AVX2 · 2 threads · seed
   * 42}.
   */
  public static String text(Environment env, int threads) {
    return "llamark %s · JDK %s (%s) · %s, %s, %s · %s · seed %d"
        .formatted(
            Version.VERSION,
            env.jdk().replaceFirst("\\+.*", ""),
            compiler(env),
            env.cpu() == null ? env.os() : env.cpu(),
            counted(env.cores(), "core"),
            simd(env.features()),
            counted(threads, "thread"),
            env.seed());
  }

  private static String compiler(Environment env) {
    return env.flags().contains("-Xint") ? "interpreter" : "C2";
  }

  private static String simd(List<String> features) {
    if (features == null) {
      return "SIMD unknown";
    }
    if (features.contains("avx512f")) {
      return "AVX-512";
    }
    if (features.contains("avx2")) {
      return "AVX2";
    }
    return features.stream().anyMatch(f -> f.startsWith("asimd")) ? "NEON" : "no AVX2";
  }

  /** Such as {@code 1 thread} and {@code 2 threads}. */
  public static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }
}
